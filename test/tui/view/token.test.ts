import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/wire/json.ts'
import type { LabelFacts } from '../../../src/core/wire/label.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { tokenPage } from '../../../src/tui/view/token.ts'
import { failedLogin } from '../fixtures/login.ts'
import { expectGoldenPage } from '../fixtures/painted.ts'
import { told } from '../fixtures/told.ts'

// Times are shown as the clock on the wall has them.
beforeAll(() => {
  process.env['TZ'] = 'UTC'
})

const label = `‹access_token:${'a'.repeat(16)}›`

/** What is said of a token that a call of the failed login carries, where this is known of it. */
function page(facts: Partial<LabelFacts>, { findings = false } = {}): string[] {
  const { scene, model } = told()
  if (!findings) model.findings.clear()
  const call = model.held.get('7')!.exchange
  const request = { ...call.request, headers: [['Authorization', `Bearer ${label}`]] as const }
  const known = {
    ...scene,
    facts: () => ({ kind: 'access_token', length: 300, ...facts }) as LabelFacts,
  }
  return tokenPage({ ...call, request }, model.row('7')!.flow, known, 100).map(textOf)
}

const second = told().model.row('7')!.startedAt / 1000
const agreeing = {
  aud: ['https://mcp.example/mcp/', 'https://other.example'],
  iss: 'https://login.example/',
  exp: second + 3600,
  nbf: second,
  client_id: 'client-one',
}

/** The row of a claim, its mark first. */
const row = (claims: JsonObject, claim: string, options?: { findings: boolean }) =>
  page({ claims }, options).find((line) => new RegExp(`^ \\S ${claim} `).test(line))

test('a token looks as it should, its claims against what was to be expected', async () => {
  const { model, scene } = told()
  const { exchange, flow } = model.held.get('6')!
  await expectGoldenPage('token', scene, (scene, columns) =>
    tokenPage(exchange, flow, scene, columns),
  )
})

describe('a claim', () => {
  test('that agrees passes; a list of audiences and a slash at the end make no difference', () => {
    for (const claim of ['aud', 'iss', 'exp', 'nbf', 'client_id'])
      expect(row(agreeing, claim)).toMatch(/^ ✓/)
  })

  test.each([
    ['aud', 'https://api.example'],
    ['aud', ['https://mcp.example/other']],
    ['iss', 'https://login.example/tenant'],
    ['exp', second - 300],
    ['nbf', second + 3600],
    ['client_id', 'somebody'],
  ])('%s that differs (%o) is said to differ, no more', (claim, value) => {
    expect(row({ ...agreeing, [claim]: value }, claim)).toMatch(/^ ▲/)
  })

  test('that a rule objects to is a fault', () => {
    const { exchange, flow } = told().model.held.get('6')!
    const lines = tokenPage(exchange, flow, told().scene, 100).map(textOf)
    expect(lines.find((line) => line.includes(' aud '))).toMatch(
      /^ ✗ aud +https:\/\/mcp.* https:\/\/api/,
    )
  })

  test('that is not there is neither right nor wrong, but for the audience', () => {
    expect(row({}, 'iss')).toMatch(/^ • iss .*\(not there\)$/)
    expect(row({}, 'exp')).toMatch(/^ • exp .*\(not there\)$/)
    expect(row({}, 'client_id')).toMatch(/^ • client_id .*\(not there\)$/)
    expect(row({}, 'aud')).toMatch(/^ ▲ aud .*\(not there\)$/)
    expect(row({}, 'nbf')).toBeUndefined()
  })

  test('a time is told as a time and by how far off it is; not before has a minute of grace', () => {
    expect(row(agreeing, 'exp')).toMatch(/\(\+60 min\)$/)
    expect(row({ ...agreeing, exp: second - 300 }, 'exp')).toMatch(/\(−5 min\)$/)
    expect(row({ ...agreeing, exp: second + 10 * 3600 }, 'exp')).toMatch(/\(\+10 h\)$/)
    expect(row({ ...agreeing, exp: 1e20 }, 'exp')).toContain('100000000000000000000')
    expect(row({ ...agreeing, nbf: second + 59 }, 'nbf')).toMatch(/^ ✓/)
    expect(row({ ...agreeing, nbf: second + 61 }, 'nbf')).toMatch(/^ ▲/)
  })
})

test('scopes that were asked for must be among those granted, in either spelling', () => {
  const asking = failedLogin().map((exchange) => {
    const url = exchange.request.url.replace('&state=', '&scope=a+b&state=')
    return { ...exchange, request: { ...exchange.request, url } }
  })
  const { scene, model } = told(asking)
  model.findings.clear()
  const { exchange, flow } = model.held.get('6')!
  const line = (claims: JsonObject) =>
    tokenPage(
      exchange,
      flow,
      { ...scene, facts: () => ({ kind: 'access_token', length: 9, claims }) },
      100,
    )
      .map(textOf)
      .find((one) => one.includes(' scope '))
  expect(line({ scope: 'b a c' })).toMatch(/^ ✓ scope +a b +b a c$/)
  expect(line({ scp: ['a', 'b'] })).toMatch(/^ ✓ scope +a b +a b$/)
  expect(line({})).toMatch(/^ ▲ scope +a b +\(not there\)$/)
  expect(line({ scope: 'a' })).toMatch(/^ ▲ scope +a b +a$/)
})

test('a token that cannot be read says how far it can be', () => {
  expect(page({})).toEqual([
    ` access_token sent  300 characters  ${label}`,
    ' The token is opaque: its content cannot be read or compared.',
  ])
  expect(page({ header: { enc: 'A256GCM' } }).slice(1)).toEqual([
    ' The token is encrypted: only its header can be read.',
    ' {',
    '   "enc": "A256GCM"',
    ' }',
  ])
})

test('where no token travels, that is said', () => {
  const { scene, model } = told()
  const { exchange, flow } = model.held.get('2')!
  expect(tokenPage(exchange, flow, scene, 80).map(textOf)).toEqual([
    ' This exchange carries no token.',
  ])
})
