import { expect, test } from 'vitest'
import type { Event } from '../src/core/verdict/event.ts'
import { bodyText, emptyBody, type Exchange } from '../src/core/wire/exchange.ts'
import { createRedactor } from '../src/core/redact/redactor.ts'
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

function bodyOf(event: Event): string | undefined {
  if (event.type !== 'exchange') return undefined
  return bodyText(event.exchange.exchange.response!)
}

/** Runs one exchange past sinks that look at so much of it; tells which events each got. */
async function play(looks: readonly (Sink['exchanges'] | 'whole')[]) {
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
  const events = looks.map((): Event[] => [])
  const sinks = looks.map((exchanges, index): Sink => ({
    ...(exchanges === undefined || exchanges === 'whole' ? {} : { exchanges }),
    event: (event) => events[index]!.push(event),
  }))
  const tool = { name: 'authtap' as const, version: '0', rules: '0' }
  const run = new Run({ redactor, sinks, session: { rules: [], tool } })
  run.take(toolError())
  await run.finish()
  const bodies = events.map((told) => told.map(bodyOf).filter((body) => body !== undefined))
  return { redactor, types: events.map((told) => told.map(({ type }) => type)), bodies }
}

test('no exchange is shown where no sink looks at any, and the rest is', async () => {
  const { types } = await play(['nothing', 'nothing'])
  expect(types).toEqual([
    ['flow', 'report'],
    ['flow', 'report'],
  ])
})

test('exchanges are shown as soon as one sink looks at them', async () => {
  const { types } = await play(['nothing', 'whole'])
  expect(types[1]).toEqual(['exchange', 'flow', 'report'])
})

test('an exchange is shown in outline unless some sink looks at the whole of it', async () => {
  expect((await play(['nothing', 'outline'])).bodies[1]).toEqual([''])
  const [line, whole] = (await play(['outline', 'whole'])).bodies
  expect(whole![0]).toContain('authorization failed')
  expect(line).toEqual(whole)
})

test('a secret in what a failed tool says is known although no exchange was shown', async () => {
  const { redactor } = await play(['nothing'])
  expect(redactor.text(`it was ${secret}`)).not.toContain(secret)
})
