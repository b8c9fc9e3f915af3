/** The whole proxy: what passes is equal to what passes without it. */
import { expect, test } from 'vitest'
import type { Touch } from '../../src/core/wire/exchange.ts'
import { type Message, readMessage } from './message.ts'
import { type Pair, pairs } from './pairs.ts'
import { type RawServer, proxyFor, rawClient, rawServer } from './wire.ts'

/** An upstream that answers a request once it is whole. */
function upstreamOf({ response, closes }: Pair): Promise<RawServer> {
  return rawServer((socket, received) => {
    if (readMessage(received, false) === undefined) return
    if (closes) socket.end(response, 'latin1')
    else socket.write(response, 'latin1')
  })
}

interface Seen {
  /** What the upstream got. */
  readonly sent: Message
  /** What the client got. */
  readonly got: Message
}

async function send({ request, method }: Pair, port: number, upstream: RawServer): Promise<Seen> {
  const client = await rawClient(port)
  client.socket.write(
    request.replace('{host}', () => `Host: localhost:${port}`),
    'latin1',
  )
  let ended = false
  client.socket.on('end', () => (ended = true))
  const read = () => readMessage(client.text(), ended, method)
  await Promise.race([client.until(() => read() !== undefined).catch(() => ''), client.ended()])
  const [sent, got] = [readMessage(upstream.received.at(-1)!, true), read()]
  if (sent === undefined || got === undefined)
    throw new Error(
      `no whole message: ${JSON.stringify([upstream.received.at(-1), client.text()]).slice(0, 2000)}`,
    )
  client.socket.destroy()
  return { sent, got }
}

/** As the client is to get it: what authtap says that it changed is changed. */
function changed({ fields, ...message }: Message, touched: readonly Touch[]): Message {
  const counts = new Map<string, number>()
  const shown = fields.flatMap(([name, value]): (readonly [string, string])[] => {
    const lower = name.toLowerCase()
    const place = counts.get(lower) ?? 0
    counts.set(lower, place + 1)
    const touch = touched.find(({ at }) => at === `response.header.${lower}[${place}]`)
    if (touch === undefined) return [[name, value]]
    expect(touch.upstream).toBe(value)
    return touch.client === '' ? [] : [[name, touch.client]]
  })
  return { ...message, fields: shown }
}

test.each(pairs.map((pair) => [pair.name, pair] as const))(
  '%s passes as it does directly',
  async (_, pair) => {
    const upstream = await upstreamOf(pair)
    const direct = await send(pair, upstream.port, upstream)
    const { port, report } = await proxyFor(upstream.origin)
    const through = await send(pair, port, upstream)
    expect(through.sent).toEqual(direct.sent)
    const { touched } = await report()
    expect(through.got).toEqual(changed(direct.got, touched))
  },
)

test('there are more than two hundred and twenty of them, each once', () => {
  expect(new Set(pairs.map(({ request, response }) => request + response)).size).toBeGreaterThan(
    220,
  )
})
