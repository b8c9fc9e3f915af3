import { expect, test } from 'vitest'
import type { Event } from '../src/core/event.ts'
import { emptyBody, type Exchange } from '../src/core/exchange.ts'
import { createRedactor } from '../src/core/redact.ts'
import { Run, type Sink } from '../src/run.ts'

const secret = `s3cret${'Value9'.repeat(4)}`

function toolError(): Exchange {
  const content = [{ type: 'text', text: `authorization failed: access_token=${secret}` }]
  const answer = { jsonrpc: '2.0', id: 1, result: { isError: true, content } }
  return {
    id: '1',
    source: 'reverse',
    client: 'c',
    connection: '1',
    startedAt: 0,
    endedAt: 1,
    request: { method: 'POST', url: 'https://mcp.example/mcp', headers: [], body: emptyBody },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [['content-type', 'application/json']],
      body: { bytes: Buffer.from(JSON.stringify(answer)), dropped: 0 },
      complete: true,
    },
    touched: [],
  }
}

/** Runs one exchange past sinks that look at exchanges or do not; tells which events each got. */
async function play(looks: readonly boolean[]) {
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
  const types = looks.map((): Event['type'][] => [])
  const sinks = looks.map((exchanges, index): Sink => ({
    exchanges,
    event: (event) => types[index]!.push(event.type),
  }))
  const tool = { name: 'authtap' as const, version: '0', rules: '0' }
  const run = new Run({ redactor, sinks, session: { rules: [], tool } })
  run.take(toolError())
  await run.finish()
  return { redactor, types }
}

test('no exchange is shown where no sink looks at any, and the rest is', async () => {
  const { types } = await play([false, false])
  expect(types).toEqual([
    ['flow', 'report'],
    ['flow', 'report'],
  ])
})

test('exchanges are shown as soon as one sink looks at them', async () => {
  const { types } = await play([false, true])
  expect(types[1]).toEqual(['exchange', 'flow', 'report'])
})

test('a secret in what a failed tool says is known although no exchange was shown', async () => {
  const { redactor } = await play([false])
  expect(redactor.text(`it was ${secret}`)).not.toContain(secret)
})
