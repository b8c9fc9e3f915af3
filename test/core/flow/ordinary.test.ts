import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lookedAt } from '../../../src/core/flow/ordinary.ts'
import { Session } from '../../../src/core/session.ts'
import { callOf, likeModel } from '../../../src/core/verdict/event.ts'
import { bodyText, type Exchange } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'
import {
  type Change,
  body,
  last,
  login,
  message,
  ordinary,
  request,
  response,
  session,
  withRequest,
  withResponse,
  without,
} from './ordinary-session.ts'

const { rules } = await loadRules()
/** What may differ between two calls that rules look at, one thing each. */
const odd: Readonly<Record<string, Change>> = {
  'no token': withRequest({ headers: without(request, 'authorization') }),
  'another token': withRequest({
    headers: [...without(request, 'authorization'), ['authorization', 'Bearer another']],
  }),
  'a scheme in lower case': withRequest({
    headers: request.map(([name, value]) => [name, value.replace(/^Bearer /, 'bearer ')]),
  }),
  'the token in the URL': withRequest({ url: `${last.request.url}?access_token=abc` }),
  'no protocol version': withRequest({ headers: without(request, 'mcp-protocol-version') }),
  'no session': withRequest({ headers: without(request, 'mcp-session-id') }),
  'a token that is refused': withResponse({
    status: 401,
    headers: [...response, ['www-authenticate', 'Bearer error="invalid_token"']],
    body: body(''),
  }),
  'a scope that is missing': withResponse({
    status: 403,
    headers: [
      ...response,
      ['www-authenticate', 'Bearer error="insufficient_scope", scope="admin"'],
    ],
    body: body(''),
  }),
  'a lost session': withResponse({ status: 404, body: message({ error: { code: -32001 } }) }),
  'a server error': withResponse({ status: 500, body: body('oops') }),
  'an error of a gateway': withResponse({ status: 502, body: body('<html>bad gateway</html>') }),
  'a page in place of an answer': withResponse({ body: body('<html>sign in</html>') }),
  'a page that says what it is': withResponse({
    headers: [...without(response, 'content-type'), ['content-type', 'text/html']],
    body: body('<html>sign in</html>'),
  }),
  'nothing in place of an answer': withResponse({ body: body('') }),
  'an answer that is none': withResponse({ body: body('{"hello":"world"}') }),
  'an error in the message': withResponse({
    body: message({ error: { code: -32001, message: 'Unauthorized: token expired' } }),
  }),
  'an error of the tool': withResponse({
    body: message({
      result: { content: [{ type: 'text', text: '401 invalid_token' }], isError: true },
    }),
  }),
  'an error of the tool, spelled otherwise': withResponse({
    body: body('{"jsonrpc":"2.0","id":9,"result":{"\\u0069sError":true,"content":[]}}'),
  }),
  'a redirect': withResponse({
    status: 302,
    headers: [...response, ['location', 'https://sso.example/login']],
    body: body(''),
  }),
  'no answer': (call) => {
    const { response: _response, ...rest } = call
    return { ...rest, failure: { phase: 'tcp', code: 'ECONNREFUSED', message: 'refused' } }
  },
  'a client that went away': (call) => ({
    ...call,
    failure: { phase: 'client-gone', code: 'ECLIENTGONE', message: 'gone' },
  }),
  'an answer that broke off': withResponse({ complete: false }),
  'an origin': withRequest({ headers: [...request, ['origin', 'https://evil.example']] }),
  'a proof of another key': withRequest({ headers: [...request, ['dpop', 'e30.e30.x']] }),
}

const tool = { name: 'authtap', version: '0', rules: '' } as const

/** Judges a session, calls that tell nothing new counted or taken in like all others. */
function judge(exchanges: Iterable<Exchange>, isCounting: boolean) {
  const judged = new Session({ rules, tool })
  let counted = 0
  for (const exchange of exchanges)
    if (isCounting && judged.count(exchange) !== undefined) counted += 1
    else {
      judged.ingest(exchange)
      judged.judge()
    }
  judged.settle()
  return { counted, report: judged.report() }
}

describe('an odd call among ordinary ones is judged as if it had been alone:', () => {
  test.each(Object.entries(odd))('%s', (_, change) => {
    const exchanges = [...session(60, 31, change)]
    const { counted, report } = judge(exchanges, true)
    expect(counted).toBeGreaterThan(20)
    expect(report).toEqual(judge(exchanges, false).report)
  })

  test('wherever it is, and whatever it is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 39 }),
        fc.constantFrom(...Object.values(odd)),
        (at, change) => {
          const exchanges = [...session(40, at, change)]
          expect(judge(exchanges, true).report).toEqual(judge(exchanges, false).report)
        },
      ),
      { numRuns: 12 },
    )
  })

  test('one of ten thousand', () => {
    const { counted, report } = judge(session(10_000, 7_331, odd['an error of the tool']!), true)
    expect(counted).toBeGreaterThan(9_900)
    const few = judge(session(60, 31, odd['an error of the tool']!), false).report
    expect(report.findings.map(({ rule, message }) => [rule, message])).toEqual(
      few.findings.map(({ rule, message }) => [rule, message]),
    )
    expect(report.flows).toMatchObject([{ outcome: few.flows[0]!.outcome }])
    expect(report.capture.exchanges).toBe(login.length + 10_000)
  })
})

describe('a call is ordinary', () => {
  const alike = (change: Change) => {
    const judged = new Session({ rules, tool })
    for (const exchange of session(40, -1, (call) => call))
      if (judged.count(exchange) === undefined) judged.ingest(exchange)
    const call = { ...ordinary[0]!, id: 'next', startedAt: last.startedAt + 5000 }
    return judged.count(change({ ...call, endedAt: call.startedAt + 1 }))
  }

  test.each<[string, Change]>([
    [
      'with another id and other arguments',
      withRequest({
        body: message({
          id: 77,
          method: 'tools/call',
          params: { name: 'echo', arguments: { at: 1 } },
        }),
      }),
    ],
    [
      'with an answer of another length',
      withResponse({
        body: message({ result: { content: [{ type: 'text', text: 'x'.repeat(500) }] } }),
      }),
    ],
    [
      'that says that it is no error',
      withResponse({ body: message({ result: { content: [], isError: false } }) }),
    ],
  ])('%s', (_, change) => {
    expect(alike(change)).toBeDefined()
    expect(bodyText(ordinary[0]!.request)).toContain('tools/call')
  })

  test.each(Object.entries(odd))('and not with %s', (_, change) => {
    expect(alike(change)).toBeUndefined()
  })
})

test('what is left of a call is counted, also where it began before the call that it is like', () => {
  const live = new Session({ rules, tool })
  const kept: Exchange[] = []
  for (const exchange of session(60, -1, (call) => call)) {
    const model = live.count(exchange)
    if (model === undefined) {
      live.ingest(exchange)
      kept.push(exchange)
      continue
    }
    const left = likeModel(callOf(exchange), model.step.exchange)
    const at = kept.findIndex(({ id }) => id === left.like)
    // Every other one is told of first.
    kept.splice(kept.length % 2 === 0 ? kept.length : at, 0, left)
  }
  live.settle()
  const { flows, outcomes, verdict, findings } = judge(kept, true).report
  expect({ flows, outcomes, verdict, findings }).toEqual({
    flows: live.report().flows,
    outcomes: live.report().outcomes,
    verdict: live.report().verdict,
    findings: live.report().findings,
  })
})

describe('fields', () => {
  /** What differs in every call, or stands in no MCP call. */
  const leftOut = [
    'access-control-request-headers',
    'access-control-request-method',
    'age',
    'content-length',
    'date',
    'set-cookie',
  ]

  test('whose values rules look at are compared', () => {
    const folders = ['rules', 'src/core/flow', 'src/core/kit', 'src/core/step', 'src/core/verdict']
    const files = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    )
    const named = files.flatMap((text) => [
      ...[...text.matchAll(/header(?:Values)?\([^;'\n]*'([a-z-]+)'\)/g)].map(([, name]) => name!),
      ...[...text.matchAll(/(?:request|response)\.header\.([a-z-]+)/g)].map(([, name]) => name!),
    ])
    expect(named.length).toBeGreaterThan(100)
    const missing = named.filter((name) => !lookedAt.has(name) && !leftOut.includes(name))
    expect([...new Set(missing)]).toEqual([])
  })
})
