import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { runRule } from '../../../src/core/example.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'
import { type Change, last, login, session, withRequest, withResponse } from './ordinary-session.ts'

const { rules } = await loadRules()
const tool = { name: 'authtap', version: '0', rules: '' } as const

/** The call at fault in an example of a rule that looks at calls: put in the place of an ordinary one. */
const odd = rules
  .filter(({ on, trials }) => trials !== true && /mcp|challenge/.test(String(on)))
  .flatMap((rule) =>
    rule.examples.bad.flatMap((example) => {
      const exchanges = parseTranscript(example.http, { source: 'example' })
      const calls = exchanges.filter(({ request }) => request.url.startsWith(last.request.url))
      const found = runRule(rule, rules, exchanges, example).findings
      const at = found.flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange))
      const call = calls.find(({ id }) => at.includes(id))
      return call === undefined ? [] : [{ rule: rule.id, name: example.name, call }]
    }),
  )

const token = last.request.headers.find(([name]) => name === 'authorization')!

/** The fields of an odd request with the token of the session, unless it has none. */
function withOwnToken(request: Exchange['request']): Exchange['request'] {
  const isToken = ([name]: readonly [string, string]) => name.toLowerCase() === 'authorization'
  return { ...request, headers: request.headers.map((field) => (isToken(field) ? token : field)) }
}

/** How much of the odd call stands in the place of an ordinary one. */
const parts: Readonly<Record<string, (call: Exchange) => Change>> = {
  'all of it': (call) => (place) => ({ ...call, ...placeOf(place) }),
  'all of it, with the token of the session': (call) => (place) => ({
    ...call,
    ...placeOf(place),
    request: withOwnToken(call.request),
  }),
  'the fields of its request': ({ request: { headers } }) => withRequest({ headers }),
  'its answer': ({ response }) => withResponse({ ...response }),
  'the status and fields of its answer': ({ response }) =>
    withResponse(
      response === undefined ? {} : { status: response.status, headers: response.headers },
    ),
  'the body of its answer': ({ response }) =>
    withResponse(response === undefined ? {} : { body: response.body }),
}

function placeOf({ id, startedAt, connection, client }: Exchange) {
  return { id, startedAt, connection, client, endedAt: startedAt + 1 }
}

/** Calls that tell nothing new are counted, or taken in like all others; either way all is judged once, in the end. */
function judge(exchanges: Iterable<Exchange>, isCounting: boolean) {
  const judged = new Session({ rules, tool })
  let counted = 0
  for (const exchange of exchanges)
    if (isCounting && judged.count(exchange) !== undefined) counted += 1
    else judged.ingest(exchange)
  judged.settle()
  return { counted, report: judged.report() }
}

describe('the odd call of each rule that looks at calls is judged as if it had been alone:', () => {
  test('there is one for most of these rules', () => {
    expect(new Set(odd.map(({ rule }) => rule)).size).toBeGreaterThan(40)
  })

  const [turn] = fc.sample(fc.nat(1000), 1)
  const cases = odd.map((one, index) => {
    const names = Object.keys(parts)
    return { ...one, part: names[(index + turn!) % names.length]!, at: (index * 7 + turn!) % 60 }
  })

  test.each(cases)('$rule, $name: $part, at $at', ({ call, part, at }) => {
    const exchanges = [...session(60, at, parts[part]!(call))]
    const { counted, report } = judge(exchanges, true)
    expect(counted).toBeGreaterThan(20)
    expect(report).toEqual(judge(exchanges, false).report)
  })

  test('one of ten thousand, at any place', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 9_900 }),
        fc.constantFrom(...odd),
        fc.constantFrom(...Object.values(parts)),
        (at, { call }, part) => {
          const change = part(call)
          const { counted, report } = judge(session(10_000, at, change), true)
          expect(counted).toBeGreaterThan(9_900)
          const said = ({ findings }: typeof report) =>
            findings.map(({ rule, variant, fault, message }) => [rule, variant, fault, message])
          expect(said(report)).toEqual(said(judge(session(100, 50, change), false).report))
          expect(report.capture.exchanges).toBe(login.length + 10_000)
        },
      ),
      { numRuns: 5 },
    )
  })
})
