import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../../src/core/verdict/event.ts'
import type { Exchange, Response } from '../../../src/core/wire/exchange.ts'
import { trials } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { eventJson } from '../../../src/sink/ndjson/sink.ts'
import { eventOf } from '../../../src/sink/ndjson/event.ts'
import { LiveFold } from '../../../src/sink/live/fold.ts'

const open = createRedactor({ key: new Uint8Array(32), off: true })

function json(event: Event): unknown {
  return JSON.parse(JSON.stringify(eventJson(open.value(event))))
}

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one || 0)
const codings = {
  identity: (bytes: Uint8Array) => bytes,
  gzip: (bytes: Uint8Array) => gzipSync(bytes),
  deflate: (bytes: Uint8Array) => deflateSync(bytes),
  br: (bytes: Uint8Array) => brotliCompressSync(bytes),
  unknown: (bytes: Uint8Array) => bytes,
}
const latin1 = fc.string({
  unit: fc.integer({ min: 32, max: 255 }).map((n) => String.fromCharCode(n)),
})
const message = fc
  .record({
    coding: fc.constantFrom(...(Object.keys(codings) as (keyof typeof codings)[])),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    ),
    dropped: fc.nat(),
    headers: fc.array(fc.tuple(fc.constantFrom('X', '__proto__', 'Set-Cookie'), latin1)),
  })
  .map(({ coding, bytes, dropped, headers }) => ({
    headers: [...headers, ['Content-Encoding', coding] as const],
    body: { bytes: codings[coding](bytes), dropped },
  }))
const optional = { requiredKeys: [] as [] }
const phases = { dns: number, connect: number, tls: number, send: number, wait: number }
const response = fc
  .tuple(
    message,
    fc.record(
      { status: fc.nat(999), statusText: latin1, complete: fc.boolean(), httpVersion: latin1 },
      { requiredKeys: ['status', 'statusText', 'complete'] },
    ),
  )
  .map(([content, rest]): Response => ({ ...rest, ...content }))
const touch = fc.record({ at: latin1, client: latin1, upstream: latin1, why: latin1 })
const exchange = fc
  .tuple(
    message,
    fc.webUrl({ withQueryParameters: true }),
    fc.record(
      {
        response,
        endedAt: number,
        timings: fc.record(phases, optional),
        serverAddress: latin1,
        failure: fc.record({
          phase: fc.constantFrom('dns' as const, 'client-gone' as const),
          code: latin1,
          message: latin1,
        }),
        handedOver: fc.constant(true as const),
        repeats: latin1,
        trial: fc.record({ sort: fc.constantFrom(...trials), of: latin1 }),
        missing: fc.array(latin1),
      },
      optional,
    ),
    fc.record({
      id: latin1,
      client: latin1,
      connection: latin1,
      startedAt: number,
      touched: fc.array(touch),
    }),
  )
  .map(([content, url, more, rest]): Exchange => ({
    ...more,
    ...rest,
    source: 'reverse',
    request: { method: 'POST', url, ...content },
  }))

describe('an exchange', () => {
  test('is read from its JSON as one that gives the same JSON', () => {
    fc.assert(
      fc.property(exchange, latin1, fc.boolean(), (one, summary, ok) => {
        const step = { kind: 'token' as const, summary, ok }
        const event: Event = { type: 'exchange', exchange: { exchange: one, step, flow: 'w1' } }
        const read = eventOf(json(event))
        expect(json(read!)).toEqual(json(event))
      }),
    )
  })
})

describe('what is no event', () => {
  test('is none, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('exchange', 'flow', 'finding', 'report', 'finding-withdrawn', '__proto__'),
        fc.anything(),
        (type, content) => {
          const line = JSON.parse(
            JSON.stringify({ type, [type]: content ?? null }, plain),
          ) as unknown
          const read = eventOf(line)
          if (type === '__proto__') expect(read).toBeUndefined()
          else if (read !== undefined) expect(read.type).toBe(type)
        },
      ),
    )
  })

  test.each([
    [{ type: 'finding', finding: { id: 'f1' } }],
    [{ type: 'flow', flow: { id: 'w1', steps: 'none' } }],
    [{ type: 'report', report: { schema: 'authtap.report/1' } }],
    [{ type: 'exchange', exchange: { id: '1', startedAt: 0, request: { url: 'no url' } } }],
    [{ type: 'exchange', exchange: { id: 1, startedAt: 0, request: { url: 'http://a/' } } }],
    [{ type: 'constructor', constructor: {} }],
    ['exchange'],
    [null],
  ])('%j is none', (line) => {
    expect(eventOf(line)).toBeUndefined()
  })
})

function idOf(event: Event): string {
  if (event.type === 'finding') return event.finding.id
  return event.type === 'finding-withdrawn' ? event['finding-withdrawn'].id : ''
}

/** What JSON cannot hold, left out. */
function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

describe('the messages of the stream', () => {
  const texts = { title: 't', message: 'm', why: 'w', remedy: 'r', rule: 'a/b', flow: 'w1' }
  const judged = { severity: 'error', confidence: 'certain', basis: 'observed', fault: 'client' }
  const finding = (id: string) => ({
    id,
    ...texts,
    ...judged,
    spec: [],
    causedBy: null,
    evidence: [],
  })
  const step = { kind: 'token', summary: 's', ok: true }
  const request = { method: 'GET', url: 'http://a/', headers: [], body: { text: '', dropped: 0 } }
  const call = (id: string, endedAt?: number) => ({
    id,
    startedAt: 0,
    endedAt,
    request,
    step,
    flow: 'w1',
  })
  const snapshot = (run: string, exchanges: object[], findings: object[]) => ({
    ...{ schema: 'authtap.live/1', type: 'snapshot', seq: 1, run, listening: null, flows: [] },
    ...{ exchanges, findings, labels: {}, report: null },
  })

  function follow(...messages: object[]) {
    const told: string[] = []
    const texts: string[] = []
    const fold = new LiveFold({
      event: (event) => {
        const id = event.type === 'exchange' ? event.exchange.exchange.id : idOf(event)
        told.push(`${event.type} ${id}`)
      },
      report: () => told.push('report'),
      listening: () => {},
      notice: ({ code, text }) => {
        told.push(`notice ${code}`)
        texts.push(text)
      },
    })
    for (const one of messages) fold.message(JSON.parse(JSON.stringify(one)) as never)
    return { told, texts, fold }
  }

  test('a snapshot repeats nothing that was told, and tells what changed meanwhile', () => {
    const { told } = follow(
      snapshot('r', [call('1', 5), call('2')], [finding('f1'), finding('f2')]),
      { seq: 2, type: 'exchange', exchange: call('3', 7) },
      snapshot('r', [call('1', 5), call('2', 6), call('3', 7)], [finding('f2'), finding('f3')]),
    )
    expect(told).toEqual([
      ...['exchange 1', 'exchange 2', 'finding f1', 'finding f2', 'exchange 3'],
      ...['exchange 2', 'finding-withdrawn f1', 'finding f3'],
    ])
  })

  test('a later run has ids of its own, and withdraws nothing of the run before', () => {
    const { told, fold } = follow(
      snapshot('r', [call('1', 5)], [finding('f1')]),
      snapshot('s', [call('1', 5)], [finding('f2')]),
      { seq: 3, type: 'finding-withdrawn', 'finding-withdrawn': { id: 'f2' } },
      snapshot('t', [call('1', 5)], []),
    )
    expect(told).toEqual([
      ...['exchange 1', 'finding f1', 'notice restarted', 'exchange 2.1', 'finding 2.f2'],
      ...['finding-withdrawn 2.f2', 'notice restarted', 'exchange 3.1'],
    ])
    expect([...fold.findings.keys()]).toEqual(['f1'])
  })

  test('a schema of another number is told once', () => {
    const other = { ...snapshot('r', [], []), schema: 'authtap.live/2' }
    expect(follow(other, other).told).toEqual(['notice unknown-schema'])
  })

  test('being behind and what the proxy says are told', () => {
    const { told } = follow(
      { type: 'behind', behind: { missed: 3 } },
      { seq: 1, type: 'notice', notice: { code: 'port-moved', level: 'odd', text: 'moved' } },
      { seq: 2, type: 'notice', notice: 'none' },
      { seq: 3, type: 'tomorrow', tomorrow: {} },
    )
    expect(told).toEqual(['notice behind', 'notice port-moved'])
  })

  test('what it says acts on no terminal', () => {
    const text = 'moved\x1b]0;t\x07\u009b2J\u202e'
    const { texts } = follow(
      { seq: 1, type: 'notice', notice: { code: 'port-moved', level: 'info', text } },
      { ...snapshot('r', [], []), schema: `\u009d0;t\u009c` },
    )
    expect(texts[0]).toBe('moved␛]0;t␇\\x9b2J\\u{202e}')
    expect(texts[1]).toContain('\\x9d0;t\\x9c')
  })
})
