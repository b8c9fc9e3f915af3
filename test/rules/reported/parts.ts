import type { Fault } from '../../../src/core/verdict/report.ts'
import * as flow from '../whole-flow.ts'

/** A login that somebody reported, rebuilt from what the thread shows of it, and what is to be read of it first. */
export interface Reported {
  /** The public thread. */
  readonly thread: string
  readonly verdict: 'fail' | 'pass'
  readonly step?: string
  readonly rule: string
  /** What the capture proves; the party that the thread found is then among the candidates. */
  readonly fault: Fault
  readonly candidate?: Fault
  /** What the advice for the product says. */
  readonly hint?: string
  readonly http: string
}

/** A token that was issued at two o'clock. */
export const renewedToken = flow.jwt({ jti: 'two', iat: 1767276000, exp: 1767279600 })
export const atTwo = '\n# at 14:00:00\n'

/** A healthy part with other texts in it. */
export function renamed(http: string, names: Record<string, string>): string {
  return Object.entries(names).reduce((text, [from, to]) => text.replaceAll(from, to), http)
}

export const answer = (status: string, body: string, type = 'text/plain') =>
  `< HTTP/1.1 ${status}\n< content-type: ${type}\n\n${body}`

/** Preflight of a page, and its answer. */
export function preflight(url: string, origin: string, said: string): string {
  return `
> OPTIONS ${url}
> origin: ${origin}
> access-control-request-method: POST
> access-control-request-headers: authorization,content-type,mcp-protocol-version

${said}
`
}

/** An authorization request that is answered at once; the answer follows. */
export const asked = (changes: Record<string, string | undefined>) =>
  flow.authorize(changes).trimEnd().replace('# handed-over client=browser', '# client=browser')
