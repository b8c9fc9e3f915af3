import { expect, test } from 'vitest'
import { fromEntry } from '../../src/core/har/read.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { createRedactor } from '../../src/core/redact/redactor.ts'
import type { Report } from '../../src/core/verdict/report.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { loadRules } from '../../src/rules.ts'
import { Run } from '../../src/run.ts'
import { startReverse } from '../../src/tap/reverse.ts'
import { startClientV2 } from './client-v2.ts'
import { play } from './play.ts'

const { rules } = await loadRules()
const tool = { name: 'authtap' as const, version: '0', rules: '' }

/** A login at oidc-provider, its tokens checked with keys that come through the proxy, or not. */
async function login(verify: boolean) {
  const exchanges = new Map<string, Exchange>()
  const redactor = createRedactor({ key: Buffer.alloc(32, 1) })
  const asked: string[] = []
  let run: Run | undefined
  await play({}, startClientV2, async (mcpUrl) => {
    const tap = await startReverse({
      targets: [mcpUrl],
      port: 0,
      emit: (exchange) => {
        exchanges.set(exchange.id, exchange)
        run!.take(exchange)
      },
      notice: () => {},
    })
    run = new Run({
      session: { rules, tool, targets: [mcpUrl] },
      redactor,
      sinks: [],
      fetchKeys: verify
        ? async (url, from) => {
            asked.push(url)
            return tap.fetch(url, from)
          }
        : undefined,
    })
    const stop = async () => {
      await run!.verified()
      await tap.stop()
    }
    return { url: tap.listening.urls[0]!.url, stop }
  })
  const report = await run!.finish()
  const whole = [...exchanges.values()].map((exchange) => run!.signatures.known(exchange))
  return { report, whole, redactor, asked }
}

async function judged(exchanges: readonly Exchange[], labels = {}): Promise<[Report, Run]> {
  const redactor = createRedactor({ key: Buffer.alloc(32, 2) })
  const run = new Run({ session: { rules, tool, labels }, redactor, sinks: [] })
  for (const exchange of exchanges) run.take(exchange)
  return [await run.finish(), run]
}

const outcome = (run: Run) => run.session.outcomes().get('claims/signature-invalid')

test('the token of oidc-provider verifies live, in the capture and in the redacted one', async () => {
  const { report, whole, redactor, asked } = await login(true)
  expect(asked).toHaveLength(1)
  expect(report).toMatchObject({ verdict: 'pass' })
  expect(whole.flatMap(({ signatures = [] }) => signatures)).toContainEqual(
    expect.objectContaining({ at: 'response.json/access_token', outcome: 'verified' }),
  )
  const again = (exchanges: readonly Exchange[]) =>
    exchanges.map((exchange, index) => fromEntry(toEntry(exchange, {}), index)!)
  const [plain, plainRun] = await judged(again(whole))
  const [redacted, redactedRun] = await judged(
    again(whole.map((exchange) => redactor.exchange(exchange))),
    redactor.facts(),
  )
  expect([plain.verdict, outcome(plainRun)]).toEqual(['pass', 'pass'])
  expect([redacted.verdict, outcome(redactedRun)]).toEqual(['pass', 'pass'])
})

test('without being asked for, no keys are fetched, and nothing is said of the signature', async () => {
  const { report, whole, asked } = await login(false)
  expect(asked).toEqual([])
  expect(report.verdict).toBe('pass')
  expect(whole.flatMap(({ signatures = [] }) => signatures)).toEqual([])
  expect(report.blind).toContainEqual(
    expect.objectContaining({ rule: 'claims/signature-invalid', leg: 'the signing keys' }),
  )
})
