import { readFileSync, readdirSync } from 'node:fs'
import type { Revision } from '../../src/core/flow/revision.ts'
import type { Rule } from '../../src/core/verdict/rule.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { failing } from '../core/verdict/checklist-captures.ts'
import { endingAt, endings, places } from '../endings.ts'
import { mutations } from '../mutations/all.ts'
import { flows } from '../mutations/flows.ts'
import { broken } from './broken-flows.ts'
import { brokenRegistrations } from './broken-registrations.ts'
import { brokenScopes } from './broken-scopes.ts'
import { fieldCases } from './field-cases.ts'
import { byAuthorizationServers } from './reported/authorization-servers.ts'
import { byClients } from './reported/clients.ts'
import { reportedKinds } from './reported/kinds.ts'
import { reportedLogins } from './reported/logins.ts'
import { byFurtherAuthorizationServers } from './reported/more-authorization-servers.ts'
import { byFurtherClients } from './reported/more-clients.ts'
import { byFurtherServers } from './reported/more-servers.ts'
import { reportedServers } from './reported/refusals.ts'
import { byServers } from './reported/servers.ts'

/** A capture of the tests, most of them of something that is broken. */
export interface Capture {
  readonly name: string
  readonly exchanges: readonly Exchange[]
  readonly revision?: Revision
}

/** Every capture that the tests hold as data, and the bad examples of these rules. */
export function corpus(rules: readonly Rule[]): Capture[] {
  return [...examples(rules), ...written(), ...reported(), ...mutated(), ...ended(), ...recorded()]
}

function examples(rules: readonly Rule[]): Capture[] {
  return rules.flatMap(({ id, examples }) =>
    examples.bad.map(({ name, http, revision }) => ({
      name: `${id}, ${name}`,
      exchanges: parseTranscript(http, { source: 'example' }),
      ...(revision === undefined ? {} : { revision }),
    })),
  )
}

function written(): Capture[] {
  const all = [
    ...[...broken, ...brokenRegistrations, ...brokenScopes].map(({ rule, http }, index) => ({
      name: `broken flow ${index}: ${rule}`,
      http,
    })),
    ...fieldCases,
    ...failing,
  ]
  return all.map(({ name, http }) => ({ name, exchanges: parseTranscript(http) }))
}

function reported(): Capture[] {
  const threads = [
    ...[...byClients, ...byServers, ...byAuthorizationServers],
    ...[...byFurtherClients, ...byFurtherServers, ...byFurtherAuthorizationServers],
    ...[...reportedLogins, ...reportedServers],
  ]
  return [...threads.map(({ thread, http }) => ({ name: thread, http })), ...reportedKinds].map(
    ({ name, http }) => ({ name, exchanges: parseTranscript(http) }),
  )
}

function mutated(): Capture[] {
  return [...flows].flatMap(([flow, traffic]) =>
    mutations.flatMap(({ rule, what, apply }) => {
      const exchanges = apply(traffic)
      return exchanges === undefined ? [] : [{ name: `${rule}, ${what}, ${flow}`, exchanges }]
    }),
  )
}

function ended(): Capture[] {
  return Object.keys(places).flatMap((place) =>
    endings.map((ending) => ({
      name: `${place} is answered ${ending[0]} ${ending[1]}`,
      exchanges: endingAt(place, ending),
    })),
  )
}

function recorded(): Capture[] {
  const folder = new URL('../captures/', import.meta.url)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => ({
      name,
      exchanges: parseTranscript(readFileSync(new URL(name, folder), 'utf8')),
    }))
}
