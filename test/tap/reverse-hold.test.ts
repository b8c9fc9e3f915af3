import { expect, test } from 'vitest'
import { edit, parseEdit } from '../../src/core/intercept/edit.ts'
import { fromEntry } from '../../src/core/har/read.ts'
import { toEntry } from '../../src/core/har/write.ts'
import type { Message } from '../../src/core/intercept/message.ts'
import { changesIn, type Exchange } from '../../src/core/wire/exchange.ts'
import type { Desk } from '../../src/tap/desk.ts'
import { judged, playIntercepted, startIntercepted } from '../intercepted.ts'
import { listen } from '../peers/listener.ts'

/** Changes what is held at one place, and lets everything else go as it is. */
function changing(text: string) {
  return (desk: Desk, { id }: Exchange) => {
    const wanted = parseEdit(text)
    if ('error' in wanted) throw new Error(wanted.error)
    const message: Message | undefined = edit(desk.at(id)!.message, wanted)?.message
    desk.decide(id, { does: 'go', ...(message === undefined ? {} : { message }) })
  }
}

test('what is held goes on when it is let go, and is as it was', async () => {
  const { reason, exchanges, targets } = await playIntercepted({
    holds: ['kind:token', 'kind:authorize', 'kind:callback', 'kind:mcp'],
    decide: (desk, { id }) => desk.decide(id, { does: 'go' }),
  })
  expect(reason).toBeUndefined()
  expect(exchanges.flatMap(changesIn)).toEqual([])
  expect(exchanges.some(({ held }) => held !== undefined)).toBe(false)
  expect(judged(exchanges, targets).verdict).toBe('pass')
})

test('what nobody decides of goes on by itself', async () => {
  const { reason, exchanges } = await playIntercepted({ holds: ['kind:token'], patience: 30 })
  expect(reason).toBeUndefined()
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  // Once as a request, once as an answer.
  expect(token.heldFor).toBeGreaterThanOrEqual(50)
  expect(token.held).toBeUndefined()
})

test('a request changed by hand goes up changed, and nobody is blamed for what comes of it', async () => {
  const { ok, exchanges, targets } = await playIntercepted({
    holds: ['kind:token'],
    decide: changing('request.form.code_verifier=another'),
  })
  expect(ok).toBe(false)
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  expect(changesIn(token)).toMatchObject([
    { at: 'request.form.code_verifier', upstream: 'another', by: 'person' },
  ])
  expect(token.response?.status).toBe(400)
  const report = judged(exchanges, targets)
  expect(report.firstBroken).toBeNull()
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(report.capture.changed).toMatchObject([{ by: 'person', exchange: token.id }])
})

test('an answer changed by hand reaches the client changed, and the record holds what the server sent', async () => {
  const { ok, exchanges, targets } = await playIntercepted({
    holds: ['kind:server-metadata'],
    decide: changing('response.json/issuer=https://other.example'),
  })
  expect(ok).toBe(false)
  const [metadata] = exchanges.filter((one) => changesIn(one).length > 0)
  expect(changesIn(metadata!)).toMatchObject([
    { at: 'response.json/issuer', client: 'https://other.example', by: 'person' },
  ])
  expect(Buffer.from(metadata!.response!.body.bytes).toString()).not.toContain('other.example')
  expect(judged(exchanges, targets).firstBroken).toBeNull()
})

test('a person answers in the place of the server', async () => {
  const { ok, exchanges, targets } = await playIntercepted({
    holds: ['kind:token'],
    decide: (desk, { id }) => {
      const headers = [['Content-Type', 'application/json']] as const
      const body = '{"error":"invalid_grant"}'
      desk.decide(id, { does: 'answer', answer: { status: 400, headers, body } })
    },
  })
  expect(ok).toBe(false)
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  expect(changesIn(token)).toMatchObject([
    { at: 'response.status', client: '400', upstream: '', by: 'person' },
  ])
  const report = judged(exchanges, targets)
  expect(report.firstBroken).toBeNull()
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
})

test.each(['request', 'response'] as const)('a %s that is held can be cut', async (side) => {
  const { ok, exchanges, targets } = await playIntercepted({
    holds: ['kind:token'],
    decide: (desk, { id, held }) =>
      desk.decide(id, held!.side === side ? { does: 'cut', how: 'closed' } : { does: 'go' }),
  })
  expect(ok).toBe(false)
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  expect(changesIn(token)).toMatchObject([{ by: 'person' }])
  expect(token.response === undefined || side === 'response').toBe(true)
  const report = judged(exchanges, targets)
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('an authorization that is held can be kept back', async () => {
  const { ok, exchanges } = await playIntercepted({
    holds: ['kind:callback'],
    decide: (desk, { id }) => desk.decide(id, { does: 'cut', how: 'closed' }),
  })
  expect(ok).toBe(false)
  const callback = exchanges.find(({ request }) => request.url.includes('code='))!
  expect(changesIn(callback)).toMatchObject([{ by: 'person', client: '' }])
})

test('a client that does not wait for what is held did nothing wrong', async () => {
  const { exchanges, targets } = await playIntercepted({ holds: [], faults: [] })
  const token = exchanges.findIndex(({ request }) => request.url.endsWith('/token'))
  const { response: _response, ...asked } = exchanges[token]!
  const message = 'the client closed the connection before the answer was complete'
  const left: Exchange = {
    ...asked,
    heldFor: 30_000,
    failure: { phase: 'client-gone', code: 'ECLIENTGONE', message },
  }
  const report = judged([...exchanges.slice(0, token), left], targets)
  expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('a capture keeps how long something was held', async () => {
  const { exchanges } = await playIntercepted({ holds: ['kind:token'], patience: 20 })
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  const entry = toEntry(token, { step: 'token', flow: 'w1' })
  expect(fromEntry(entry, 0)!.heldFor).toBe(token.heldFor)
})

test('what is too large to be held or changed passes, and is told of', async () => {
  const answer = 'x'.repeat(9 * 1024 * 1024)
  const server = await listen(() => (request, response) => {
    request.resume().on('end', () => response.end(answer))
  })
  const told: string[] = []
  const tap = await startIntercepted(`${server.origin}/mcp`, {
    holds: [''],
    decide: (desk, { id }) => desk.decide(id, { does: 'go' }),
    notice: ({ text }) => told.push(text),
  })
  try {
    const body = 'y'.repeat(2 * 1024 * 1024)
    const response = await fetch(tap.url, { method: 'POST', body })
    expect((await response.text()).length).toBe(answer.length)
    expect(told).toEqual([
      expect.stringMatching(/body of the request of #1 is too large to be held or changed/),
      expect.stringMatching(/body of the answer of #1 is too large to be held or changed/),
    ])
  } finally {
    await tap.stop()
    await server.stop()
  }
})
