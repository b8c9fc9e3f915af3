import type { Flow } from '../flow/flow.ts'
import { header } from '../wire/exchange.ts'
import { objectOf, stringMember } from '../wire/json.ts'
import type { Client } from './client.ts'
import { clients } from './known.ts'

/** The client of a login, when it is a known one: by its User-Agent, its names, its client id, or where it is called back. */
export function clientOf(flow: Flow): Client | undefined {
  const shown = shownBy(flow)
  return clients.find(({ shows }) =>
    (['agent', 'name', 'clientId', 'redirectUri'] as const).some((what) =>
      shown[what].some((text) => shows[what]?.test(text) === true),
    ),
  )
}

/** What a finding of a rule has to do with the client of this login. */
export function clientHint(flow: Flow, rule: string): string | undefined {
  const hints = clientOf(flow)?.hints
  return hints !== undefined && Object.hasOwn(hints, rule) ? hints[rule] : undefined
}

function shownBy(flow: Flow): Record<keyof Client['shows'], string[]> {
  const calls = flow.mcpCalls
  const registrations = flow.of('registration')
  const requests = flow.of('authorize')
  const own = [...calls, ...registrations, ...flow.of('token', 'resource-metadata')]
  return {
    agent: own.flatMap(({ exchange }) => header(exchange.request.headers, 'user-agent') ?? []),
    name: [
      ...calls.flatMap(({ rpc }) => stringMember(rpc?.clientInfo, 'name') ?? []),
      ...registrations.flatMap(({ sent }) => stringMember(objectOf(sent), 'client_name') ?? []),
    ],
    clientId: requests.flatMap(({ clientId }) => clientId ?? []),
    redirectUri: [
      ...requests.flatMap(({ redirectUri }) => redirectUri ?? []),
      ...registrations.flatMap(({ redirectUris }) => redirectUris ?? []),
    ],
  }
}
