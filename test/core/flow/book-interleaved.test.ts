import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { Session } from '../../../src/core/session.ts'
import { loadRules } from '../../../src/rules.ts'
import { loginTo } from './crossing-logins.ts'

const { rules } = await loadRules()

const suffixes = ['one', 'two', 'six'] as const

/** How the connections of clients tell them apart: one a client, one for all (a gateway), one a request, none told. */
const connections = {
  own: (login: string) => login,
  shared: () => 'shared',
  each: (_login: string, id: string) => id,
  untold: () => '',
}

interface Crowd {
  readonly hosts: readonly string[]
  /** They register each, or share a client id that somebody registered by hand. */
  readonly registers: boolean
  readonly connections: keyof typeof connections
  /** They name no resource: which server a login is for shows when its token is used. */
  readonly unnamed: boolean
  readonly opaque: boolean
  /** Each exchange is told of twice: when it begins, and when it is over. */
  readonly twice: boolean
  /** Whose step is next, as a number that is taken modulo those that are not through yet. */
  readonly turns: readonly number[]
}

const [server, another] = ['mcp.example', 'other.example'] as const

function crowd(hosts: fc.Arbitrary<readonly string[]>, unnamed: boolean): fc.Arbitrary<Crowd> {
  return fc.record({
    hosts,
    registers: fc.boolean(),
    connections: fc.constantFrom('own', 'shared', 'each', 'untold'),
    unnamed: fc.constant(unnamed),
    opaque: fc.boolean(),
    twice: fc.boolean(),
    turns: fc.array(fc.nat(5), { minLength: 60, maxLength: 60 }),
  })
}

/** The steps of one client of the crowd, which all go by one name. */
function loginOf(
  { hosts, registers, connections: told, unnamed, opaque }: Crowd,
  index: number,
): Exchange[] {
  const suffix = suffixes[index]!
  const login = { suffix, host: hosts[index]! }
  const all = loginTo(login, {
    unnamed,
    opaque,
    ...(registers ? {} : { clientId: 'registered-by-hand' }),
  })
  const exchanges = registers
    ? all
    : all.filter(({ request }) => !request.url.endsWith('/register'))
  return exchanges.map((exchange) => ({
    ...exchange,
    connection: exchange.handedOver === true ? 'browser' : connections[told](suffix, exchange.id),
    request: {
      ...exchange.request,
      headers: [['user-agent', 'a-library/1.0'], ...exchange.request.headers],
    },
  }))
}

/** All of them at once, each in its own order. */
function interleaved(of: Crowd): Exchange[] {
  const waiting = of.hosts.map((_, index) => loginOf(of, index))
  const exchanges: Exchange[] = []
  for (let turn = 0; waiting.some(({ length }) => length > 0); turn += 1) {
    const left = waiting.filter(({ length }) => length > 0)
    exchanges.push(left[(of.turns[turn] ?? 0) % left.length]!.shift()!)
  }
  return exchanges.map((exchange, place) => ({
    ...exchange,
    startedAt: 1_800_000_000_000 + place * 100,
    ...(exchange.endedAt === undefined ? {} : { endedAt: 1_800_000_000_050 + place * 100 }),
  }))
}

/** That a client names no resource is said, and is no fault of these logins. */
const missing = 'audience/resource-param-missing'

function told(of: Crowd) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of interleaved(of)) {
    const { response: _response, endedAt: _endedAt, ...begun } = exchange
    if (of.twice && exchange.response !== undefined) session.ingest(begun)
    session.ingest(exchange)
  }
  session.settle()
  const { flows, findings, verdict } = session.report()
  const logins = flows.filter(({ outcome }) => outcome !== 'looked')
  return {
    verdict,
    logins: logins.map(({ outcome }) => outcome),
    faults: findings
      .filter(({ severity, rule }) => severity !== 'info' && rule !== missing)
      .map(({ rule, message }) => `${rule}: ${message}`),
  }
}

function expectLogins(of: Crowd): void {
  expect(told(of)).toEqual({
    verdict: 'pass',
    logins: of.hosts.map(() => 'authorized'),
    faults: [],
  })
}

test('logins of several clients at once are each a login, in whatever order their steps come', () => {
  const hosts = fc.array(fc.constantFrom(server, another), { minLength: 2, maxLength: 3 })
  fc.assert(fc.property(crowd(hosts, false), expectLogins), { numRuns: 60 })
})

test('so are two that name no resource', () => {
  fc.assert(fc.property(crowd(fc.constant([server, another]), true), expectLogins), { numRuns: 60 })
})

test('of three that name no resource all are seen to get through, and nobody is at fault', () => {
  const hosts = fc.array(fc.constantFrom(server, another), { minLength: 3, maxLength: 3 })
  const property = fc.property(crowd(hosts, true), (of) => {
    const { logins, faults } = told(of)
    expect(faults).toEqual([])
    // Whose opening is whose is not always to be told: then one is left over, and is no failure.
    expect(logins.filter((outcome) => outcome === 'authorized')).toHaveLength(3)
    expect(logins).not.toContain('failed')
  })
  fc.assert(property, { numRuns: 60 })
})
