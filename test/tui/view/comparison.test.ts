import { expect, test } from 'vitest'
import { compare } from '../../../src/core/diff/diff.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { Session } from '../../../src/core/session.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { comparisonPage } from '../../../src/tui/view/comparison.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

const redactor = createRedactor({ key: new Uint8Array(32) })

function page(left: readonly Exchange[], right: readonly Exchange[], columns = 100): string {
  const [one, other] = [left, right].map((exchanges) => {
    const tool = { name: 'authtap' as const, version: '0', rules: '0' }
    const session = new Session({ rules: [], tool })
    for (const exchange of exchanges) session.ingest(exchange)
    session.settle()
    return { flows: session.flows, report: session.report() }
  })
  const comparison = compare(one!, other!)
  const lines = comparisonPage(
    redactor.value({ a: 'works.har', b: 'fails.har', comparison }),
    told([]).scene,
    columns,
  )
  return lines.map(textOf).join('\n')
}

/** The same login, with the request for a token as it should not be. */
const broken = failedLogin().map((one) =>
  one.id === '5'
    ? { ...one, request: { ...one.request, url: one.request.url.replace('&resource=', '&other=') } }
    : one,
)

test('what differs first is said first, then each step with both sides', () => {
  const text = page(failedLogin(), broken)
  expect(text).toMatch(/^ DIFFERENT {2}The first difference is in the step authorization/)
  expect(text).toMatch(/\n A {2}works\.har\n B {2}fails\.har\n/)
  expect(text).toMatch(
    /\n {5}request\.query\.resource\n {7}A {2}https:\/\/mcp\.example\/mcp\n {7}B {2}none/,
  )
})

test('where nothing differs that matters, that is all there is to say', () => {
  expect(page(failedLogin(), failedLogin())).toMatch(
    /^ SAME {2}Nothing differs that matters: \d steps compared\./,
  )
})

test('lines fit', () => {
  const lines = page(failedLogin(), broken, 50).split('\n')
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50)
})
