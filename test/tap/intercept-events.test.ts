import type { ServerResponse } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { parseChange } from '../../src/core/intercept/change.ts'
import { heldText, readHeld } from '../../src/core/intercept/held-text.ts'
import { changesIn, type Exchange } from '../../src/core/wire/exchange.ts'
import type { Desk } from '../../src/tap/desk.ts'
import type { Notice } from '../../src/tap/notices.ts'
import { startIntercepted } from '../intercepted.ts'
import { listen } from '../peers/listener.ts'

const events = [
  ': hello\n\n',
  'event: message\nid: 1\ndata: {"jsonrpc":"2.0","method":"notifications/one"}\n\n',
  'data: {"jsonrpc":"2.0","id":1,\r\ndata: "result":{"ok":true}}\r\n\r\n',
]

/** What a client gets of a call that is answered as a stream of events. */
async function stream(
  wanted: Parameters<typeof startIntercepted>[1],
  { pieces = events, headers = {} }: { pieces?: readonly string[]; headers?: object } = {},
) {
  const server = await listen(() => (_request, response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', ...headers })
    for (const piece of pieces) response.write(piece)
    response.end()
  })
  onTestFinished(server.stop)
  const tap = await startIntercepted(`${server.origin}/mcp`, wanted)
  onTestFinished(tap.stop)
  const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
  const type = { 'Content-Type': 'application/json', Authorization: 'Bearer t' }
  const text = await fetch(tap.url, { method: 'POST', headers: type, body })
    .then((response) => response.text())
    .catch((error: unknown) => String(error))
  await tap.stop()
  return { text, exchange: tap.exchanges()[0]! }
}

/** Decides of the events of a stream, in their order; the request goes on. */
function deciding(...decisions: readonly ((desk: Desk, id: string) => void)[]) {
  let next = 0
  return (desk: Desk, { id, held }: Exchange) => {
    if (held === undefined) return
    if (held.side === 'request') return void desk.decide(id, { does: 'go' })
    if (desk.at(id) === undefined) return
    decisions[next++]!(desk, id)
  }
}

const go = (desk: Desk, id: string) => void desk.decide(id, { does: 'go' })
const write = (change: (text: string) => string) => (desk: Desk, id: string) => {
  const { message, fixed } = desk.at(id)!
  const read = readHeld(change(heldText(message)), message, fixed)
  if ('error' in read) throw new Error(read.error)
  desk.decide(id, { does: 'go', message: read })
}

test('events are held one by one, and what is let go is as it was', async () => {
  const seen: string[] = []
  const look = (desk: Desk, id: string) => {
    seen.push(heldText(desk.at(id)!.message))
    go(desk, id)
  }
  const { text, exchange } = await stream({ holds: ['kind:mcp'], decide: deciding(look, look) })
  expect(text).toBe(events.join(''))
  expect(seen).toEqual([
    'event: message\nid: 1\n\n{"jsonrpc":"2.0","method":"notifications/one"}\n',
    'event: message\n\n{"jsonrpc":"2.0","id":1,\n"result":{"ok":true}}\n',
  ])
  expect(changesIn(exchange)).toEqual([])
  expect(exchange.held).toBeUndefined()
})

test('an event is changed by hand, and the record holds what the server sent', async () => {
  const { text, exchange } = await stream({
    holds: ['kind:mcp'],
    decide: deciding(
      go,
      write((held) => held.replace('true', 'false')),
    ),
  })
  expect(text).toBe(
    `${events[0]}${events[1]}data: {"jsonrpc":"2.0","id":1,\ndata: "result":{"ok":false}}\n\n`,
  )
  expect(changesIn(exchange)).toMatchObject([
    { at: 'response.json/result/ok', client: 'false', upstream: 'true', by: 'person' },
  ])
  expect(Buffer.from(exchange.response!.body.bytes).toString()).toBe(events.join(''))
})

test('fields that no event has come back with the reason', () => {
  const message = {
    side: 'response',
    isEvent: true,
    method: 'POST',
    url: 'https://mcp.example/mcp',
    status: 200,
    headers: [['event', 'message']],
    body: '{}',
  } as const
  expect(readHeld('event: message\nx: y\n\n{}\n', message, '')).toMatchObject({
    error: expect.stringContaining('x is no field of an event') as string,
  })
})

test('a stream that is cut at an event ends there', async () => {
  const { text, exchange } = await stream({
    holds: ['kind:mcp'],
    decide: deciding(go, (desk, id) => void desk.decide(id, { does: 'cut', how: 'closed' })),
  })
  expect(text).not.toContain('result')
  expect(exchange.failure).toBeDefined()
  expect(changesIn(exchange)).toMatchObject([{ by: 'person' }])
})

test('a change finds its place in each event', async () => {
  const change = parseChange('kind:mcp response.json/result/ok=false')
  if ('error' in change) throw new Error(change.error)
  const { text, exchange } = await stream({ changes: [change] })
  expect(text).toContain('notifications/one')
  expect(text).toContain('"result":{"ok":false}}')
  expect(changesIn(exchange)).toMatchObject([{ at: 'response.json/result/ok', by: 'person' }])
})

test('events that a person does not decide of go on by themselves, in their order', async () => {
  const { text } = await stream({ holds: ['kind:mcp'], patience: 20 })
  expect(text).toBe(events.join(''))
})

test('an event that arrives in pieces is one, and a last one without end passes', async () => {
  const whole = events.join('')
  const pieces = [whole.slice(0, 30), whole.slice(30, 61), `${whole.slice(61)}data: x`]
  const { text } = await stream({ holds: ['kind:mcp'], decide: deciding(go, go) }, { pieces })
  expect(text).toBe(`${whole}data: x`)
})

test('an event that is too large to be held passes and is told of', async () => {
  const notices: Notice[] = []
  const large = `data: ${'x'.repeat(9 * 1024 * 1024)}`
  const { text } = await stream(
    {
      holds: ['kind:mcp'],
      decide: deciding(),
      notice: (notice) => notices.push(notice),
    },
    { pieces: [large] },
  )
  expect(text).toHaveLength(large.length)
  expect(notices.map((one) => one.text).join()).toContain('too large to be held or changed')
})
