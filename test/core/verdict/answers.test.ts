import { afterEach, describe, expect, test, vi } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { Answers } from '../../../src/core/verdict/answers.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'

const { rules } = await loadRules()
const tool = { name: 'authtap', version: '0', rules: '' } as const

afterEach(() => vi.restoreAllMocks())

/** The same exchange before any of its answer is there. */
function waiting(exchange: Exchange): Exchange {
  const { response, endedAt, handedOver, failure, ...rest } = exchange
  return rest
}

/** A login that gets through, hours later. */
const later = parseTranscript('${opening}').map((exchange) => ({
  ...exchange,
  id: `later ${exchange.id}`,
  startedAt: exchange.startedAt + 10_000_000,
  endedAt: exchange.startedAt + 10_000_100,
}))

/** All that a session tells that is judged at each exchange, each time silence may speak, and in the end. */
function told(exchanges: readonly Exchange[]): string[] {
  const session = new Session({ rules, tool })
  const events = exchanges.flatMap((exchange) => [
    session.ingest(waiting(exchange)),
    session.judge(),
    session.ingest(exchange),
    session.judge(),
    session.advance(exchange.startedAt + 16_000),
  ])
  return [...events, session.settle(), session.report()].map((one) => JSON.stringify(one))
}

describe('what a rule said of a step stands as long as it would say the same:', () => {
  const examples = rules.flatMap(({ id, aggregates, examples: { good, bad } }) =>
    [...good, ...bad].map(({ name, http }) => ({ name: `${id}: ${name}`, http, aggregates })),
  )
  const some = examples.filter(({ aggregates }, index) => aggregates === true || index % 20 === 7)

  // All rules are asked about each of them, and about a login after it that gets through.
  test.each(some)('$name', ({ http }) => {
    const exchanges = [...parseTranscript(http), ...later]
    const kept = told(exchanges)
    vi.spyOn(Answers.prototype, 'done').mockImplementation(() => {})
    expect(kept).toEqual(told(exchanges))
  })
})

/** A login, and so many renewals of its token, a call after each. */
function renewals(count: number): Exchange[] {
  const renewal = (n: number) => `
    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=refresh_token&client_id=app&refresh_token=\${secret rt_ ${n}}

    < HTTP/1.1 200 OK
    < content-type: application/json
    < cache-control: no-store

    {"access_token":"\${secret at_ ${n}}","token_type":"Bearer","expires_in":3600,"refresh_token":"\${secret rt_ ${n + 1}}"}

    > POST https://mcp.example/mcp
    > content-type: application/json
    > accept: application/json, text/event-stream
    > authorization: Bearer \${secret at_ ${n}}

    {"jsonrpc":"2.0","id":2,"method":"tools/list"}

    < HTTP/1.1 200 OK
    < content-type: application/json

    {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}
`
  return parseTranscript(
    `\${opening}\n${Array.from({ length: count }, (_, n) => renewal(n)).join('')}`,
  )
}

test('a new call of a long login asks few rules again', () => {
  let asked = 0
  const counting = rules.map((rule) => ({
    ...rule,
    *check(...args: Parameters<Rule['check']>) {
      asked += 1
      return yield* rule.check(...args)
    },
  })) as Rule[]
  const session = new Session({ rules: counting, tool })
  const costs = renewals(80).map((exchange) => {
    session.ingest(exchange)
    asked = 0
    session.judge()
    return asked
  })
  vi.spyOn(Answers.prototype, 'begin').mockImplementationOnce(function (this: Answers, flow) {
    return new Answers().begin(flow)
  })
  asked = 0
  session.settle()
  const all = asked
  expect(all).toBeGreaterThan(5000)
  expect(costs.at(-1)).toBeLessThan(all / 5)
})
