import type { Flow } from '../flow/flow.ts'
import type { CheckVerdict, ClientVerdict } from '../verdict/report.ts'

import { checks } from './checks.ts'
import type { Client } from './client.ts'
import { clients } from './known.ts'
import { type ServerFacts, serverFacts } from './server-facts.ts'

export type { ClientVerdict } from '../verdict/report.ts'

/**
 * Which clients would refuse the servers that these logins showed, and at which check: a row for each endpoint and client,
 * in the order of the list. `wanted` is the id of a client, or `all`.
 */
export function clientVerdicts(flows: readonly Flow[], wanted: string): ClientVerdict[] {
  const asked = clients.filter(({ id }) => wanted === 'all' || id === wanted)
  return serverFacts(flows).flatMap((facts) => asked.map((client) => verdictOf(client, facts)))
}

function verdictOf(client: Client, facts: ServerFacts): ClientVerdict {
  const known = client.checks.map((one) => checkVerdict(one, facts))
  const made = client.isPartlyKnown === true ? [...known, unknown(client)] : known
  const outcomes = made.map(({ outcome }) => outcome)
  const { id, name, version, date } = client
  return {
    client: id,
    name,
    version,
    date,
    target: facts.target,
    outcome: (['refuse', 'blind'] as const).find((one) => outcomes.includes(one)) ?? 'pass',
    checks: made,
  }
}

function unknown({ source }: Client): CheckVerdict {
  return {
    check: 'unpublished',
    wants: 'what else this client wants to see is not published',
    outcome: 'blind',
    because: 'what else this client checks is not published',
    source,
  }
}

function checkVerdict(
  { check, how, source }: Client['checks'][number],
  facts: ServerFacts,
): CheckVerdict {
  const { wants, judge } = checks[check]
  const answer = (judge as (facts: ServerFacts, how: unknown) => ReturnType<typeof judge>)(
    facts,
    how,
  )
  return {
    check,
    wants,
    outcome: answer.outcome,
    ...(answer.outcome === 'pass' ? {} : { because: answer.because }),
    source,
    ...(answer.outcome === 'refuse' && answer.step !== undefined
      ? { exchange: answer.step.exchange.id }
      : {}),
    ...(answer.outcome === 'refuse' && answer.at !== undefined ? { at: answer.at } : {}),
  }
}
