import { describe, expect, test } from 'vitest'
import type { Event } from '../src/core/verdict/event.ts'
import { bodyText, emptyBody, type Exchange } from '../src/core/wire/exchange.ts'
import { UserError } from '../src/errors.ts'
import { session } from './core/flow/ordinary-session.ts'
import { createRedactor } from '../src/core/redact/redactor.ts'
import { type Listener, type Recording, Run } from '../src/run.ts'
import { type Sink, Telling, redacting } from '../src/telling.ts'

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

describe('a recording', () => {
  const quiet: Listener = { say: () => {}, stopped: false }

  /** The secret is quoted first, where nothing says that it is one, and shown as one afterwards. */
  function recording(complete = true): Recording {
    const first = toolError()
    const quote: Exchange = {
      ...first,
      id: '0',
      request: { ...first.request, url: `https://mcp.example/mcp?note=${secret}` },
      response: { ...first.response!, body: emptyBody },
    }
    return {
      size: 2,
      exchanges: async function* () {
        await Promise.resolve()
        yield* [quote, first]
      },
      outcome: () => ({ complete }),
    }
  }

  function recorded(sinks: readonly Sink[], off = false) {
    const redactor = createRedactor({ key: Buffer.alloc(32, 7), off })
    const tool = { name: 'authtap' as const, version: '0', rules: '0' }
    const taken: string[] = []
    const run = new Run({
      redactor,
      sinks,
      session: { rules: [], tool },
      taken: ({ id }, events) => taken.push(`${id} ${events.map(({ type }) => type).join(' ')}`),
    })
    return { run, taken }
  }

  function sinkOf(exchanges?: Sink['exchanges']) {
    const events: Event[] = []
    const sink: Sink = {
      ...(exchanges === undefined ? {} : { exchanges }),
      event: (event) => events.push(event),
    }
    return { sink, events }
  }

  test('is searched for secrets before the first exchange is told', async () => {
    const { sink, events } = sinkOf()
    const { run, taken } = recorded([sink])
    const said: string[] = []
    expect(await run.replay(recording(), { ...quiet, say: (doing) => said.push(doing) })).toBe(true)
    expect(said).toEqual([
      'looking for secrets: 1 of 2 exchanges',
      'looking for secrets: 2 of 2 exchanges',
      'judging: 1 of 2 exchanges',
      'judging: 2 of 2 exchanges',
    ])
    expect(taken).toEqual(['0 exchange', '1 exchange'])
    expect(events.map(({ type }) => type)).toEqual(['exchange', 'exchange'])
    expect(JSON.stringify(events)).not.toContain(secret)
  })

  test('is gone through once where no sink looks at exchanges', async () => {
    const { sink, events } = sinkOf('nothing')
    const { run } = recorded([sink])
    const said: string[] = []
    await run.replay(recording(), { ...quiet, say: (doing) => said.push(doing) })
    expect(said).toEqual(['judging: 1 of 2 exchanges', 'judging: 2 of 2 exchanges'])
    // Silence speaks before the report is asked for, and once.
    run.settle()
    expect(events.map(({ type }) => type)).toEqual(['flow'])
    const { capture } = await run.finish()
    expect(events.map(({ type }) => type)).toEqual(['flow', 'report'])
    expect(capture).toMatchObject({ exchanges: 2, complete: true })
  })

  test('that is stopped or lacks something is judged as far as it goes, as incomplete', async () => {
    const stopped = recorded([])
    expect(await stopped.run.replay(recording(), { ...quiet, stopped: true })).toBe(false)
    expect((await stopped.run.finish()).capture).toMatchObject({ exchanges: 1, complete: false })
    const cut = recorded([])
    expect(await cut.run.replay(recording(false), quiet)).toBe(true)
    expect((await cut.run.finish()).capture).toMatchObject({ exchanges: 2, complete: false })
  })

  test('goes on only when the sinks have passed on what they were told', async () => {
    const { sink, events } = sinkOf('outline')
    let waits = 0
    const slow: Sink = {
      ...sink,
      ready: async () => {
        const told = events.length
        await new Promise((resolve) => setTimeout(resolve, 1))
        expect(events.length).toBe(told)
        waits += 1
      },
    }
    const { run } = recorded([slow])
    await run.replay(recording(), quiet)
    expect(waits).toBe(4)
  })

  test('is told without secrets to a sink with a redactor of its own, where others get them', async () => {
    const open = sinkOf()
    const shut = sinkOf('outline')
    const own = createRedactor({ key: Buffer.alloc(32, 8) })
    const { run } = recorded([open.sink, redacting(shut.sink, own)], true)
    const { exchanges, ...rest } = recording()
    const reversed = async function* () {
      const all: Exchange[] = []
      for await (const one of exchanges()) all.unshift(one)
      yield* all
    }
    await run.replay({ ...rest, exchanges: reversed }, quiet)
    await run.finish()
    expect(JSON.stringify(open.events)).toContain(secret)
    expect(JSON.stringify(shut.events)).not.toContain(secret)
    expect(shut.events.map(({ type }) => type)).toEqual(open.events.map(({ type }) => type))
  })
})

describe('what breaks', () => {
  const tool = { name: 'authtap' as const, version: '0', rules: '0' }
  const bug = () => {
    throw new TypeError('a bug')
  }

  /** Runs an exchange past these sinks, and tells which parts broke. */
  async function broken(sinks: readonly Sink[], session = {}) {
    const parts: string[] = []
    const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
    const run = new Run({
      redactor,
      sinks,
      session: { rules: [], tool, ...session },
      broken: (part) => parts.push(part),
    })
    run.take(toolError())
    run.take({ ...toolError(), id: '2' })
    const end = await run.finish().then(
      () => 'finished',
      (error: Error) => error.message,
    )
    return { parts, end }
  }

  test('in a sink costs that sink one event, and the others none', async () => {
    const told: string[] = []
    let times = 0
    const breaking: Sink = {
      name: 'The breaking one',
      event: () => ((times += 1) === 1 ? bug() : undefined),
    }
    const whole: Sink = { event: ({ type }) => told.push(type) }
    const { parts, end } = await broken([breaking, whole])
    expect(end).toBe('finished')
    expect(parts).toEqual(['The breaking one'])
    expect(told).toEqual(['exchange', 'exchange', 'flow', 'report'])
    expect(times).toBe(4)
  })

  test('at the close of a sink leaves no other open', async () => {
    let closed = false
    const sinks: Sink[] = [
      { name: 'One', event: () => {}, close: async () => bug() },
      { name: 'Other', event: () => {}, close: async () => void (closed = true) },
    ]
    expect(await broken(sinks)).toEqual({ parts: ['One'], end: 'finished' })
    expect(closed).toBe(true)
  })

  test('is told apart from a file that cannot be written, of which the caller hears', async () => {
    const full = new UserError('EOUTPUT', 'The disk is full.')
    const sinks: Sink[] = [{ event: () => {}, close: () => Promise.reject(full) }]
    expect(await broken(sinks)).toEqual({ parts: [], end: 'The disk is full.' })
  })

  test('is thrown where nobody is told', () => {
    const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
    const telling = new Telling(redactor, [{ event: bug }])
    const crash = { rule: 'a/b', message: 'a bug', flow: 'w1' }
    expect(() => telling.tell([{ type: 'rule-crashed', 'rule-crashed': crash }])).toThrow('a bug')
  })
})

describe('calls that tell nothing new', () => {
  /** What sinks are told of a session of so many calls that are alike. */
  async function told(calls: number) {
    const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
    const [rows, each, newest]: Event[][] = [[], [], []]
    const tool = { name: 'authtap' as const, version: '0', rules: '0' }
    const sinks: Sink[] = [
      { calls: true, event: (event) => rows!.push(event) },
      { event: (event) => each!.push(event) },
      { calls: 'newest', event: (event) => newest!.push(event) },
    ]
    const run = new Run({ redactor, sinks, session: { rules: [], tool } })
    for (const exchange of session(calls, -1, (call) => call)) run.take(exchange)
    const report = await run.finish()
    return { rows: rows!, each: each!, newest: newest!, report }
  }

  const exchangesIn = (events: readonly Event[]) =>
    events.flatMap((event) => (event.type === 'exchange' ? [event.exchange.exchange] : []))

  test('are told many at a time to sinks that take them so, and each as an exchange to the others', async () => {
    const { rows, each, report } = await told(200)
    const calls = rows.flatMap((event) => (event.type === 'calls' ? event.calls.calls : []))
    expect(calls.length).toBeGreaterThan(150)
    expect(exchangesIn(rows).length + calls.length).toBe(report.capture.exchanges)
    const all = exchangesIn(each)
    expect(all.map(({ id }) => id)).toHaveLength(report.capture.exchanges)
    expect(new Set(all.map(({ id }) => id)).size).toBe(report.capture.exchanges)
    expect(each.some(({ type }) => type === 'calls')).toBe(false)
  })

  test('are told with the newest of them whole to sinks that want those', async () => {
    const { newest } = await told(200)
    const calls = newest.flatMap((event) => (event.type === 'calls' ? event.calls.calls : []))
    const whole = calls.filter(({ exchange }) => exchange !== undefined)
    expect(whole.slice(-20)).toEqual(calls.slice(-20))
  })

  test('keep the bodies of the newest, and say which exchange they are like', async () => {
    const { each } = await told(200)
    const like = exchangesIn(each).filter((exchange) => exchange.like !== undefined)
    const whole = like.filter(({ request }) => request.body.bytes.length > 0)
    expect(whole.slice(-20)).toEqual(like.slice(-20))
    const first = like.find((exchange) => !whole.includes(exchange))
    expect(first!.request.body.dropped).toBeGreaterThan(50)
    expect(first!.response!.headers.length).toBeGreaterThan(0)
    expect(JSON.stringify(like)).not.toContain('Bearer e')
  })
})

/** A run with refused calls in its queue, each of another client. */
function waiting(count: number, hasRoom?: () => boolean) {
  const tool = { name: 'authtap' as const, version: '0', rules: '0' }
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
  const run = new Run({ redactor, sinks: [], session: { rules: [], tool }, hasRoom })
  for (let id = 1; id <= count; id += 1)
    run.take({ ...toolError(), id: String(id), client: `c${id}`, connection: String(id) })
  return run
}

test('who is told to hurry leaves out what there is no time for, and says how much', async () => {
  const run = waiting(3)
  const leftOut: number[] = []
  run.hurry(-1, (count) => leftOut.push(count))
  const { capture } = await run.finish()
  expect(leftOut).toEqual([3])
  expect(capture).toMatchObject({ exchanges: 0, complete: false })
})

test('who has time leaves nothing out', async () => {
  const run = waiting(3)
  run.hurry(60_000, () => expect.unreachable())
  expect((await run.finish()).capture).toMatchObject({ exchanges: 3, complete: true })
})

test('what there is no room for is not taken in, and the capture is not complete', async () => {
  let room = 2
  const run = waiting(5, () => room-- > 0)
  expect((await run.finish()).capture).toMatchObject({ exchanges: 2, complete: false })
})
