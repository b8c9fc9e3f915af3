import { readFileSync } from 'node:fs'
import type { Exchange, Headers } from '../../src/core/wire/exchange.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { login } from '../core/login.ts'
import { login as provenLogin } from '../rules/dpop/proofs.ts'
import { manners, variants } from '../rules/healthy-flows.ts'
import { machineLogins } from '../rules/machines.ts'
import type { Traffic } from './edits.ts'

const page: Headers = [
  ['origin', 'https://app.example'],
  ['sec-fetch-site', 'cross-site'],
]
const shared: Headers = [
  ['access-control-allow-origin', '*'],
  ['access-control-expose-headers', 'WWW-Authenticate, Mcp-Session-Id'],
]

/** The same traffic by a client in a web page of another origin. */
function inBrowser(traffic: Traffic): Exchange[] {
  return traffic.map((exchange) =>
    exchange.handedOver === true
      ? exchange
      : {
          ...exchange,
          request: { ...exchange.request, headers: [...exchange.request.headers, ...page] },
          response: {
            ...exchange.response!,
            headers: [...exchange.response!.headers, ...shared],
          },
        },
  )
}

function capture(name: string): Exchange[] {
  return parseTranscript(readFileSync(new URL(`../captures/${name}.txt`, import.meta.url), 'utf8'))
}

const first = parseTranscript(variants['with dynamic registration']!)

/** Flows in which nothing is wrong. */
export const flows: ReadonlyMap<string, Traffic> = new Map([
  ...Object.entries({ ...variants, ...manners, ...machineLogins, 'with DPoP': provenLogin }).map(
    ([name, http]) => [name, parseTranscript(http)] as const,
  ),
  ['of a login and a renewal', login()],
  ['of a client in a web page', inBrowser(first)],
  ['of a client with a configured token', capture('configured-token')],
  ['of a client that starts again with the token it has', capture('restart')],
  ['without sessions, of a tenant of a server', capture('stateless')],
])
