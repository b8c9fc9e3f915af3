import { createHash, randomBytes } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Event } from '../../../src/core/verdict/event.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { type Redactor, createRedactor } from '../../../src/core/redact/redactor.ts'
import type { Finding } from '../../../src/core/verdict/report.ts'
import type { StepKind } from '../../../src/core/step/step.ts'
import { LiveStream } from '../../../src/sink/live/stream.ts'

const token = randomBytes(32).toString('hex')
let stream: LiveStream
let redactor: Redactor
const viewers: WebSocket[] = []

beforeEach(async () => {
  redactor = createRedactor({ key: randomBytes(32) })
  stream = await LiveStream.open({ port: 0, token })
  stream.use(redactor)
})
afterEach(async () => {
  for (const viewer of viewers.splice(0)) viewer.terminate()
  await stream.close()
})

interface Message {
  readonly type: string
  readonly [name: string]: unknown
}

/** A viewer, and a way to wait for the first message that is what was looked for. */
function watch() {
  const socket = new WebSocket(stream.url, { headers: { Authorization: `Bearer ${token}` } })
  viewers.push(socket)
  const messages: Message[] = []
  const looking = new Set<() => void>()
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)) as Message)
    for (const look of looking) look()
  })
  const heard = (holds: (message: Message) => boolean) =>
    new Promise<Message>((resolve) => {
      const look = () => {
        const found = messages.find(holds)
        if (found === undefined) return
        looking.delete(look)
        resolve(found)
      }
      looking.add(look)
      look()
    })
  return { socket, messages, heard, snapshot: () => heard(({ type }) => type === 'snapshot') }
}

function exchange(id: string, text = '', more: Partial<Exchange> = {}): Exchange {
  return {
    id,
    source: 'reverse',
    client: '',
    connection: '',
    startedAt: 0,
    endedAt: 1,
    request: { method: 'POST', url: 'http://mcp.example/mcp', headers: [], body: bodyOf(text) },
    touched: [],
    ...more,
  }
}

function bodyOf(text: string) {
  return { bytes: Buffer.from(text), dropped: 0 }
}

function tell(event: Event): void {
  if (event.type === 'exchange') redactor.learn(event.exchange.exchange)
  stream.event(redactEvent(event, redactor))
}

function tellExchange(one: Exchange, kind: StepKind = 'mcp'): void {
  const step = { kind, summary: 'a step', ok: true }
  tell({ type: 'exchange', exchange: { exchange: one, step, flow: 'w1' } })
}

function finding(id: string, message = 'seen'): Finding {
  const texts = { title: 't', message, why: 'w', remedy: 'r', rule: 'a/b', flow: 'w1' }
  const judged = { severity: 'error', confidence: 'certain', basis: 'observed' } as const
  return { id, ...texts, ...judged, fault: 'client', spec: [], causedBy: null, evidence: [] }
}

const ids = (message: Message) => (message['exchanges'] as { id: string }[]).map(({ id }) => id)

test('a viewer gets a snapshot, then each event with the next number', async () => {
  tellExchange(exchange('1'))
  const viewer = watch()
  const snapshot = await viewer.snapshot()
  expect(snapshot).toMatchObject({
    schema: 'authtap.live/1',
    type: 'snapshot',
    seq: 1,
    run: expect.stringMatching(/^[0-9a-f]{16}$/),
    exchanges: [{ id: '1', step: { kind: 'mcp' }, flow: 'w1' }],
    findings: [],
    flows: [],
    report: null,
  })
  tellExchange(exchange('2'))
  tell({ type: 'finding', finding: finding('f1') })
  await viewer.heard(({ type }) => type === 'finding')
  expect(viewer.messages.slice(1)).toMatchObject([
    { seq: 2, type: 'exchange', exchange: { id: '2' } },
    { seq: 3, type: 'finding', finding: { id: 'f1' } },
  ])
})

test('a snapshot has the last version of what came again, without what was withdrawn', async () => {
  tellExchange(exchange('1'), 'mcp')
  tellExchange(exchange('2'), 'token')
  tellExchange(exchange('1'), 'challenge')
  tell({ type: 'finding', finding: finding('f1') })
  tell({ type: 'finding', finding: finding('f2', 'first') })
  tell({ type: 'finding', finding: finding('f2', 'second') })
  tell({ type: 'finding-withdrawn', 'finding-withdrawn': { id: 'f1' } })
  const snapshot = await watch().snapshot()
  expect(ids(snapshot).sort()).toEqual(['1', '2'])
  expect(snapshot['findings']).toMatchObject([{ id: 'f2', message: 'second' }])
})

test('a snapshot is bounded, and calls do not push the login out of it', async () => {
  tellExchange(exchange('login'), 'token')
  for (let index = 0; index < 5000; index += 1) tellExchange(exchange(`c${index}`))
  const seen = ids(await watch().snapshot())
  expect(seen.length).toBeLessThan(2100)
  expect(seen[0]).toBe('login')
  expect(seen.at(-1)).toBe('c4999')
})

test('large bodies are left out and counted', async () => {
  const viewer = watch()
  await viewer.snapshot()
  tellExchange(exchange('1', 'x'.repeat(300_000)))
  const message = await viewer.heard(({ type }) => type === 'exchange')
  expect(message).toMatchObject({ exchange: { request: { body: { text: '', dropped: 300_000 } } } })
})

test('what turned out to be a secret later is in no snapshot', async () => {
  const secret = randomBytes(24).toString('hex')
  stream.event(redactEvent({ type: 'finding', finding: finding('f1', `saw ${secret}`) }, redactor))
  const headers = [['Authorization', `Bearer ${secret}`]] as const
  const request = { method: 'GET', url: 'http://mcp.example/', headers, body: bodyOf('') }
  tellExchange(exchange('1', '', { request }))
  const viewer = watch()
  const snapshot = JSON.stringify(await viewer.snapshot())
  expect(snapshot).not.toContain(secret)
  expect(snapshot).toMatch(/saw ‹[a-z_]+:[0-9a-f]{16}›/)
})

test('facts about labels come with the snapshot, and for new labels after it', async () => {
  const secrets = [0, 1].map(() => randomBytes(24).toString('hex'))
  const call = (id: string, secret: string) => {
    const headers = [['Authorization', `Bearer ${secret}`]] as const
    const request = { method: 'GET', url: 'http://mcp.example/', headers, body: bodyOf('') }
    tellExchange(exchange(id, '', { request }))
  }
  call('1', secrets[0]!)
  const viewer = watch()
  const snapshot = await viewer.snapshot()
  expect(Object.values(snapshot['labels'] as object)).toMatchObject([{ length: 48 }])
  call('2', secrets[1]!)
  const { labels } = await viewer.heard(({ type }) => type === 'labels')
  expect(Object.values(labels as object)).toContainEqual(expect.objectContaining({ length: 48 }))
})

test('labels in a form, where they are percent-encoded, have their facts told as well', async () => {
  const verifier = randomBytes(32).toString('base64url')
  const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const
  const body = bodyOf(`grant_type=authorization_code&code_verifier=${verifier}`)
  const request = { method: 'POST', url: 'http://as.example/token', headers, body }
  const viewer = watch()
  await viewer.snapshot()
  tellExchange(exchange('1', '', { request }), 'token')
  const { labels } = await viewer.heard(({ type }) => type === 'labels')
  expect(Object.values(labels as object)).toMatchObject([
    { kind: 'code_verifier', s256: createHash('sha256').update(verifier).digest('base64url') },
  ])
})

test('the token is a secret of the session', () => {
  expect(redactor.text(`somebody said ${token} aloud`)).not.toContain(token)
})

test('a viewer that does not read is behind, costs a bounded amount, and gets a fresh snapshot', async () => {
  const slow = watch()
  await slow.snapshot()
  const quick = watch()
  await quick.snapshot()
  slow.socket.pause()
  const rounds = 400
  for (let index = 0; index < rounds; index += 1) {
    // Each its own exchange of 100 kB: 40 MB in all, more than what may wait for a viewer and in the system.
    tellExchange(exchange(`${index}`, `{"n":"${'x'.repeat(100_000)}"}`), 'token')
    await quick.heard(({ seq }) => seq === index + 1)
  }
  slow.socket.resume()
  const { behind } = await slow.heard(({ type }) => type === 'behind')
  expect((behind as { missed: number }).missed).toBeGreaterThan(0)
  const fresh = await slow.heard(({ type, seq }) => type === 'snapshot' && (seq as number) > 0)
  expect(fresh['seq']).toBe(rounds)
  expect(ids(fresh).at(-1)).toBe(`${rounds - 1}`)
  // It was sent less than half of what happened.
  expect(slow.messages.length).toBeLessThan(rounds / 2)
  expect(quick.messages.filter(({ type }) => type === 'behind')).toEqual([])
  tellExchange(exchange('after'))
  await slow.heard(({ seq, type }) => type === 'exchange' && seq === rounds + 1)
})

test('the end is told: the report, then a close that says why', async () => {
  const viewer = watch()
  await viewer.snapshot()
  const closed = new Promise((resolve) => viewer.socket.once('close', resolve))
  const report = { schema: 'authtap.report/1', verdict: 'pass' }
  tell({ type: 'report', report } as unknown as Event)
  await stream.close()
  expect(await closed).toBe(1001)
  expect(viewer.messages.at(-1)).toMatchObject({ type: 'report', report })
})
