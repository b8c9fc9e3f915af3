import { expect, test } from 'vitest'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { login } from './login.ts'

const { rules } = await loadRules()
const tool = { name: 'authtap' as const, version: '0', rules: '' }

const old = login({ suffix: 'old.', connection: 'old' })
/** So many attempts that those before them are no longer at hand. */
const meanwhile = Array.from({ length: 260 }, (_, n): Exchange => {
  const client = { client: `client ${n}`, connection: `k${n}` }
  return { ...old[0]!, ...client, id: `m${n}` }
})

const tokens = old.filter(({ request }) => request.url === 'https://as.example/token')
const [issued, refreshed] = tokens as [Exchange, Exchange]
const used = old.findLast(({ request }) => request.url === 'https://mcp.example/mcp')!
const refused = {
  ...used,
  response: {
    ...used.response!,
    status: 401,
    headers: [['www-authenticate', 'Bearer error="invalid_token"']] as const,
  },
}

/** What is said of the first login, when this came after it and some other logins. */
function judged(later: readonly Exchange[], others: readonly Exchange[]) {
  const session = new Session({ rules, tool })
  for (const exchange of [...old, ...others]) session.ingest(exchange)
  session.judge()
  for (const exchange of later) session.ingest({ ...exchange, id: `${exchange.id} later` })
  session.settle()
  const { flows, findings } = session.report()
  const own = findings.filter(({ flow }) => flow === 'w1').map((one) => ({ ...one, id: '' }))
  return { flows: flows.length - others.length, flow: flows[0], findings: own }
}

test.each([
  ['nothing', [], []],
  ['a code that is redeemed again', [issued], ['token/code-reused']],
  ['a refresh token that was rotated', [refreshed], ['refresh/rotated-token-reused']],
  ['a token that is refused', [refused], ['flow/step-failed']],
])('long after its login, %s is judged as it would be at once', (_what, later, expected) => {
  const soon = judged(later, [])
  expect(soon.flows).toBe(1)
  expect(soon.findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(expected))
  expect(judged(later, meanwhile)).toEqual(soon)
})
