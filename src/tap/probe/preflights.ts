import { type Headers, header } from '../../core/wire/exchange.ts'
import { stringMember } from '../../core/wire/json.ts'
import type { Answer, Asker } from './asker.ts'
import type { Discovered } from './discovery.ts'
import { isWeb } from './documents.ts'
import type { Tell } from './look.ts'
import { seen } from './words.ts'

/** The page of a client that runs in a browser. */
const page = 'https://mcp-client.example'

interface Place {
  readonly name: string
  readonly url: string
  readonly method: 'GET' | 'POST'
  /** Fields of the request that would follow, in lower case. */
  readonly fields: readonly string[]
}

/** Asks as a browser does before a page of another origin may send its request (Fetch, CORS-preflight). */
export async function askAsBrowser(asker: Asker, found: Discovered, tell: Tell): Promise<void> {
  if (found.isSilent) return
  for (const place of places(found)) {
    const answer = await asker.ask({
      method: 'OPTIONS',
      url: place.url,
      headers: fieldsFor(place),
      // An endpoint that nobody can connect to is one for no client.
      aside: (one) => (isUnreachable(one) ? undefined : 'preflight'),
    })
    if (answer === undefined) continue
    const lacking = lackingIn(answer, place)
    tell({
      part: 'Web pages (CORS)',
      mark: lacking === undefined ? 'well' : isUnreachable(answer) ? 'bad' : 'plain',
      text: `${place.name}: ${lacking === undefined ? 'open to web pages' : `not for web pages (${lacking})`}`,
      ...seen(answer),
    })
  }
}

function isUnreachable({ status, failure }: Answer): boolean {
  return status === undefined && failure !== undefined && /^(?:dns|tcp|tls)$/.test(failure.phase)
}

function fieldsFor({ method, fields }: Place): Headers {
  return [
    ['Origin', page],
    ['Access-Control-Request-Method', method],
    ['Access-Control-Request-Headers', fields.join(',')],
  ]
}

function places({ target, resourceMetadata, servers }: Discovered): Place[] {
  const version = ['mcp-protocol-version']
  const server = servers[0]
  const named = (name: string, member: string): Place[] => {
    const url = stringMember(server?.document, member)
    const isThere = url !== undefined && isWeb(url)
    return isThere ? [{ name, url, method: 'POST', fields: ['authorization', 'content-type'] }] : []
  }
  const read = (name: string, url: string | undefined): Place[] =>
    url === undefined ? [] : [{ name, url, method: 'GET', fields: version }]
  return [
    {
      name: 'MCP endpoint',
      url: target,
      method: 'POST',
      fields: ['authorization', 'content-type', ...version],
    },
    ...read('resource metadata', resourceMetadata?.url),
    ...read('server metadata', server?.url),
    ...named('registration', 'registration_endpoint'),
    ...named('token endpoint', 'token_endpoint'),
  ]
}

/** What keeps a browser from sending the request; undefined when nothing does. */
function lackingIn({ status = 0, headers, failure }: Answer, place: Place): string | undefined {
  if (failure !== undefined && status === 0) return `no answer: ${failure.phase} ${failure.code}`
  if (status < 200 || status > 299) return String(status)
  const origin = header(headers, 'access-control-allow-origin')
  if (origin === undefined) return 'no Access-Control-Allow-Origin'
  if (origin !== '*' && origin !== page) return `only ${origin}`
  const allowed = (header(headers, 'access-control-allow-headers') ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  // An asterisk does not stand for Authorization (Fetch, CORS protocol).
  const missing = place.fields.filter(
    (name) => !allowed.includes(name) && (name === 'authorization' || !allowed.includes('*')),
  )
  return missing.length === 0 ? undefined : `without ${missing.join(', ')}`
}
