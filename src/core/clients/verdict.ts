import type { Flow } from '../flow/flow.ts'
import type { Place } from '../wire/place.ts'
import { checks } from './checks.ts'
import type { Client } from './client.ts'
import { clients } from './known.ts'
import { type ServerFacts, serverFacts } from './server-facts.ts'

/** What one client would make of one server. */
export interface ClientVerdict {
  readonly client: string
  readonly name: string
  /** The version of the client that is spoken of, and when that was found out. */
  readonly version: string
  readonly date: string
  /** The MCP endpoint. */
  readonly target: string
  /** refuse: it stops at the first check that says so; blind: a check could not be made, and none refuses. */
  readonly outcome: 'pass' | 'refuse' | 'blind'
  readonly checks: readonly CheckVerdict[]
}

export interface CheckVerdict {
  readonly check: string
  /** What the client wants to see. */
  readonly wants: string
  readonly outcome: 'pass' | 'refuse' | 'blind'
  /** Why, where it does not pass. */
  readonly because?: string
  readonly source: string
  /** Where what it refuses stands. */
  readonly exchange?: string
  readonly at?: Place
}

/**
 * Which clients would refuse the servers that these logins showed, and at which check: a row for each endpoint and client,
 * in the order of the list. `wanted` is the id of a client, or `all`.
 */
export function clientVerdicts(flows: readonly Flow[], wanted: string): ClientVerdict[] {
  const asked = clients.filter(({ id }) => wanted === 'all' || id === wanted)
  return serverFacts(flows).flatMap((facts) => asked.map((client) => verdictOf(client, facts)))
}

function verdictOf(client: Client, facts: ServerFacts): ClientVerdict {
  const made = client.checks.map((one) => checkVerdict(one, facts))
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
