import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/core/verdict/event.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { type Rule, defineRule } from '../../src/core/verdict/rule.ts'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { loadRules } from '../../src/rules.ts'
import { login, loginTranscript } from './login.ts'

const { rules } = await loadRules()
const tool = { name: 'authtap' as const, version: '0', rules: '' }

function judge(
  exchanges: readonly Exchange[],
  options: Partial<ConstructorParameters<typeof Session>[0]> = {},
) {
  const session = new Session({ rules, tool, ...options })
  const events: Event[] = []
  for (const exchange of exchanges) events.push(...session.ingest(exchange), ...session.judge())
  events.push(...session.settle())
  return { session, events, report: session.report() }
}

/** A report without what may differ between two tellings of the same traffic: the numbers of findings. */
function essence(report: ReturnType<Session['report']>) {
  const causes = new Map(
    report.findings.map((finding) => [finding.id, `${finding.rule} ${finding.message}`]),
  )
  const broken = report.firstBroken
  return {
    verdict: report.verdict,
    firstBroken: broken === null ? null : { ...broken, finding: causes.get(broken.finding) },
    findings: report.findings
      .map((finding) => ({
        ...finding,
        id: '',
        causedBy: causes.get(finding.causedBy ?? '') ?? null,
      }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    outcomes: report.outcomes,
    checklist: report.checklist.map((entry) => ({
      ...entry,
      findings: entry.findings.map((id) => causes.get(id)),
    })),
  }
}

test('a finding is as sure as its worst place bears out', () => {
  const twice = defineRule({
    ...(rules[0] as Rule<'mcp'>),
    id: 'test/twice',
    on: 'mcp',
    *check(step, flow) {
      const isFirst = flow.of('mcp')[0] === step
      yield {
        severity: isFirst ? 'warning' : 'error',
        confidence: isFirst ? 'certain' : 'likely',
        message: 'the same',
        evidence: [{ step, at: 'response.status' }],
      }
    },
  })
  const calls = login().filter(({ response }) => response?.status === 200)
  const session = new Session({ rules: [twice as Rule], tool })
  for (const exchange of calls) session.ingest(exchange)
  session.settle()
  const report = session.report()
  expect(report.findings).toMatchObject([{ severity: 'error', confidence: 'likely' }])
})

describe('a rule that finds too much', () => {
  const calls = login().filter(({ response }) => response?.status === 200)
  const report = (check: Rule<'mcp'>['check'], exchanges: readonly Exchange[]) => {
    const rule = defineRule({ ...(rules[0] as Rule<'mcp'>), id: 'test/much', on: 'mcp', check })
    return judge(exchanges, { rules: [rule as Rule] }).report
  }

  test('without end is stopped after fifty findings at a step, and is no crash', () => {
    const { findings, outcomes } = report(function* () {
      for (let count = 0; ; count++) {
        if (count > 1000) throw new Error('nobody stopped it')
        yield { message: `fault ${count}`, evidence: [] }
      }
    }, calls.slice(-1))
    expect(outcomes).toMatchObject({ fail: 1, crash: 0 })
    expect(findings.map(({ message }) => message)).toEqual(
      Array.from({ length: 50 }, (_, count) => `fault ${count}`),
    )
  })

  test('of the same keeps six places of it, the first ones', () => {
    const last = calls.at(-1)!
    // A token of its own each: of ordinary calls only the first few are kept.
    const many = Array.from({ length: 9 }, (_, count): Exchange => {
      const headers = [...last.request.headers, ['Authorization', `Bearer ${count}`]] as const
      return { ...last, id: `call ${count}`, request: { ...last.request, headers } }
    })
    const { findings } = report(function* (step) {
      yield { message: 'the same', evidence: [{ step, at: 'response.status' }] }
    }, many)
    expect(findings).toHaveLength(1)
    const places = findings[0]!.evidence.map(({ exchange }) => exchange)
    expect(places).toEqual(many.slice(0, 6).map(({ id }) => id))
  })
})

describe('a client that asks to be let in again and again', () => {
  const knock = login()[0]!
  const knocks = (everyMs: number): Exchange[] =>
    [0, 1, 2, 3, 4].map((time) => ({
      ...knock,
      id: `knock ${time}`,
      connection: `connection ${time}`,
      startedAt: knock.startedAt + time * everyMs,
      endedAt: knock.startedAt + time * everyMs + 10,
    }))

  test('is one flow, and is told of once', () => {
    const { report } = judge(knocks(5000))
    expect(report.flows).toHaveLength(1)
    expect(report.findings.map(({ rule, message }) => [rule, message])).toEqual([
      ['flow/auth-not-started', expect.stringContaining('repeated the request without a token')],
    ])
  })

  test('is told of while it goes on, once nobody would still press a button', () => {
    const told = (exchanges: readonly Exchange[]) => {
      const session = new Session({ rules, tool })
      for (const exchange of exchanges) session.ingest(exchange)
      session.judge()
      return session.report().findings.map(({ severity }) => severity)
    }
    expect(told(knocks(2500))).toEqual([])
    expect(told(knocks(5000))).toEqual(['info'])
    expect(told(knocks(100_000))).toEqual(['error'])
  })

  test('is one look at the server, on however many connections', () => {
    expect(judge(knocks(50)).report.flows).toHaveLength(1)
  })

  test('that waits for its user may go on after another like it has logged in', () => {
    const at = (begin: number, exchanges: readonly Exchange[]) =>
      exchanges.map((exchange, place) => ({
        ...exchange,
        startedAt: knock.startedAt + begin + place * 200,
        endedAt: knock.startedAt + begin + place * 200 + 100,
      }))
    const waits = login({ suffix: 'a', connection: 'ka' })
    const other = login({ suffix: 'b', connection: 'kb' })
    const { report } = judge([
      ...at(0, waits.slice(0, 1)),
      ...at(3000, other),
      ...at(60_000, waits.slice(1)),
    ])
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(report.verdict).toBe('pass')
  })

  test('is fine once it begins', () => {
    const late = login().map((exchange) => ({
      ...exchange,
      startedAt: exchange.startedAt + 25_000,
      endedAt: exchange.startedAt + 25_100,
    }))
    const { report } = judge([...knocks(5000), ...late])
    expect(report.flows.map(({ outcome }) => outcome)).toEqual(['looked', 'authorized'])
    expect(report.verdict).toBe('pass')
  })
})

describe('a request that a person sent again', () => {
  const spent = (original: Exchange): Exchange => ({
    ...original,
    id: 'by hand',
    startedAt: original.startedAt + 60_000,
    endedAt: original.startedAt + 60_010,
    response: {
      ...original.response!,
      status: 400,
      body: { bytes: Buffer.from('{"error":"invalid_grant"}'), dropped: 0 },
    },
  })
  const whole = login()
  const token = whole.find(({ request }) => request.url.endsWith('/token'))!

  test('is shown in its flow and blames nobody, as it would the client', () => {
    const { report, events } = judge([...whole, { ...spent(token), repeats: token.id }])
    const errors = report.findings.filter(({ severity }) => severity === 'error')
    expect(errors).toEqual([])
    expect(report.capture).toMatchObject({ exchanges: whole.length + 1, repeated: 1 })
    const shown = events.flatMap((event) =>
      event.type === 'exchange' && event.exchange.exchange.id === 'by hand' ? [event.exchange] : [],
    )
    expect(shown).toHaveLength(1)
    expect(shown[0]).toMatchObject({
      flow: report.flows[0]!.id,
      step: {
        kind: 'token',
        summary: 'token (authorization_code), sent again by hand: 400 invalid_grant',
      },
    })
    const byClient = judge([...whole, spent(token)]).report
    expect(byClient.findings.some(({ severity }) => severity === 'error')).toBe(true)
  })

  test('is judged when what it repeats is not there: a mark alone hides nothing', () => {
    const { report } = judge([...whole, { ...spent(token), repeats: 'unheard of' }])
    expect(report.findings.some(({ severity }) => severity === 'error')).toBe(true)
  })
})

describe('what check tried beside the way of a client', () => {
  const tried = (token: Exchange, of: string): Exchange => ({
    ...token,
    id: 'tried',
    trial: { sort: 'bad-token', of },
    startedAt: token.startedAt + 60_000,
    response: {
      ...token.response!,
      status: 400,
      body: { bytes: Buffer.from('{"error":"invalid_grant"}'), dropped: 0 },
    },
  })
  const whole = login()
  const token = whole.find(({ request }) => request.url.endsWith('/token'))!

  test('is shown in the flow, no step of it, and judged by rules about trials alone', () => {
    const { report, events } = judge([...whole, tried(token, token.id)])
    const plain = judge(whole).report
    expect(report.findings).toEqual(plain.findings)
    expect(report.flows).toEqual(plain.flows)
    expect(report.checklist).toEqual(plain.checklist)
    expect(
      events.some(
        (event) =>
          event.type === 'exchange' &&
          event.exchange.exchange.id === 'tried' &&
          event.exchange.flow === report.flows[0]!.id,
      ),
    ).toBe(true)
  })

  test('is judged when what it goes with is not there: a mark alone hides nothing', () => {
    const { report } = judge([...whole, tried(token, 'unheard of')])
    expect(report.findings.some(({ severity }) => severity === 'error')).toBe(true)
  })
})

describe('a capture that is cut off', () => {
  const settled = (exchanges: readonly Exchange[], cut: boolean) => {
    const session = new Session({ rules, tool })
    for (const exchange of exchanges) session.ingest(exchange)
    if (cut) session.markIncomplete()
    session.settle()
    return session.report()
  }
  const whole = login()

  test('blames nobody for what would have come next, wherever it is cut', () => {
    for (let cut = 1; cut <= whole.length; cut += 1) {
      const report = settled(whole.slice(0, cut), true)
      expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(report.capture.complete).toBe(false)
    }
    const failed = whole.filter((_, cut) => settled(whole.slice(0, cut), false).verdict === 'fail')
    expect(failed.length).toBeGreaterThan(0)
  })

  test('blames for silence that lasted until something else happened', () => {
    const last = whole.findIndex((_, cut) => settled(whole.slice(0, cut), false).verdict === 'fail')
    const part = whole.slice(0, last)
    const later = part.at(-1)!.startedAt + 3_600_000
    const opening = whole[0]!
    const other: Exchange = {
      ...opening,
      id: 'other',
      client: 'c2',
      connection: 'c2',
      startedAt: later,
      endedAt: later,
      request: { ...opening.request, url: 'https://other.example/mcp' },
    }
    expect(settled([...part, other], true).verdict).toBe('fail')
  })
})

describe('a healthy login', () => {
  const { report } = judge(login())

  test('is one flow that ends authorized', () => {
    expect(report.flows).toHaveLength(1)
    expect(report.flows[0]).toMatchObject({
      resource: 'https://mcp.example/mcp',
      issuer: 'https://as.example',
      registration: 'dynamic',
      revision: '2025-11-25',
      outcome: 'authorized',
    })
  })

  test('tells every kind of step apart', () => {
    expect(report.flows[0]!.steps.map(({ kind }) => kind)).toEqual([
      'challenge',
      'resource-metadata',
      'server-metadata',
      'registration',
      'authorize',
      'callback',
      'token',
      'mcp',
      'mcp',
      'token',
      'mcp',
    ])
  })

  test('passes without an error or a warning', () => {
    expect(report.verdict).toBe('pass')
    expect(report.findings.filter(({ severity }) => severity !== 'info')).toEqual([])
    expect(report.outcomes.crash).toBe(0)
  })
})

describe('concurrent logins', () => {
  /** Two clients of the same kind, their exchanges interleaved, each on a connection of its own; the browser has a third. */
  const a = login({ suffix: 'a', connection: 'ka' })
  const b = login({ suffix: 'b', connection: 'kb' })

  test('stay apart, however their exchanges interleave', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: a.length + b.length, maxLength: a.length + b.length }),
        (picks) => {
          const waiting = [[...a], [...b]]
          const mixed: Exchange[] = []
          for (const pick of picks) {
            const next = waiting[pick ? 1 : 0]!.shift() ?? waiting[pick ? 0 : 1]!.shift()
            if (next !== undefined) mixed.push(next)
          }
          const { report } = judge(spread(mixed))
          expect(report.flows).toHaveLength(2)
          for (const flow of report.flows) {
            const owners = new Set(flow.steps.map(({ exchange }) => exchange.slice(0, 1)))
            expect(owners.size).toBe(1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** One soon after the other; but a call right after a login would be taken for the one that the login was for. */
function spread(exchanges: readonly Exchange[]): Exchange[] {
  let time = 0
  return exchanges.map((exchange, index) => {
    time += exchanges[index - 1]?.request.url.endsWith('/token') === true ? 10_000 : 200
    return { ...exchange, startedAt: time, endedAt: time + 100 }
  })
}

describe('the verdict is a fold', () => {
  /** A login whose token has another audience, so that there is a cause and a consequence. */
  const broken = parseTranscript(
    loginTranscript({ audience: 'https://other.example', refused: true }),
  )

  test('exchanges that arrive in pieces give the verdict of the whole', () => {
    const whole = essence(judge(broken).report)
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: broken.length, maxLength: broken.length }),
        (partial) => {
          const session = new Session({ rules, tool })
          for (const [index, exchange] of broken.entries()) {
            if (partial[index] === true) session.ingest(beginning(exchange))
            session.ingest(exchange)
          }
          session.settle()
          expect(essence(session.report())).toEqual(whole)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('time that passes between exchanges changes nothing in the end', () => {
    const session = new Session({ rules, tool })
    for (const exchange of broken) {
      session.ingest(exchange)
      session.advance(exchange.startedAt + 10_000_000)
    }
    session.settle()
    expect(essence(session.report())).toEqual(essence(judge(broken).report))
  })

  test('events tell the same as the report: findings told and not withdrawn', () => {
    const { events, report } = judge(broken)
    const told = new Map<string, string>()
    for (const event of events) {
      if (event.type === 'finding') told.set(event.finding.id, event.finding.rule)
      if (event.type === 'finding-withdrawn') told.delete(event['finding-withdrawn'].id)
    }
    expect([...told].sort()).toEqual(report.findings.map(({ id, rule }) => [id, rule]).sort())
  })
})

/** An exchange as it stood before its answer came. */
function beginning(exchange: Exchange): Exchange {
  const { id, source, client, connection, startedAt, request, touched } = exchange
  return { id, source, client, connection, startedAt, request, touched }
}

describe('a long session', () => {
  test('keeps few steps, counts all calls, and judges only what is new', () => {
    const opening = login()
    const call = opening.at(-1)!
    let judged = 0
    const counting = defineRule({
      ...(rules[0] as Rule<'mcp'>),
      id: 'test/counting',
      on: 'mcp',
      *check() {
        judged += 1
        yield* []
      },
    })
    const session = new Session({ rules: [counting as Rule], tool })
    for (const exchange of opening) session.ingest(exchange)
    const before = judged
    for (let index = 0; index < 2000; index += 1)
      session.ingest({ ...call, id: `n${index}`, startedAt: call.startedAt + index })
    expect(judged - before).toBeLessThan(50)
    expect(session.report().flows[0]!.calls).toBeGreaterThan(2000)
    expect(session.report().flows[0]!.steps.length).toBeLessThan(100)
  })
})

describe('findings recorded in a capture', () => {
  const broken = parseTranscript(loginTranscript({ resource: 'https://elsewhere.example/mcp' }))
  const recorded = judge(broken).report.findings

  test('are not taken for what its rule now looks at and passes', () => {
    expect(recorded.map(({ rule }) => rule)).toContain('discovery/prm-resource-mismatch')
    const { report } = judge(login(), { recorded })
    expect(report.findings.map(({ rule }) => rule)).not.toContain('discovery/prm-resource-mismatch')
    expect(report.verdict).toBe('pass')
  })

  test('stand where the capture no longer shows what they rested on, under numbers of their own', () => {
    const rest = broken.filter(({ request }) => !request.url.includes('oauth-protected-resource'))
    const { report } = judge(rest, { recorded })
    expect(report.findings).toContainEqual(
      expect.objectContaining({ rule: 'discovery/prm-resource-mismatch', basis: 'recorded' }),
    )
    const ids = report.findings.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

test('a line about a step is short, whatever the network sends, and tells no resource that was read', () => {
  const [opening] = login()
  const lineOf = (body: string) => {
    const session = new Session({ rules: [], tool })
    const [event] = session.ingest({
      ...opening!,
      request: { ...opening!.request, body: { bytes: Buffer.from(body), dropped: 0 } },
    })
    return event?.type === 'exchange' ? event.exchange.step.summary : ''
  }
  expect(lineOf(JSON.stringify({ jsonrpc: '2.0', method: 'm'.repeat(5000) })).length).toBeLessThan(
    200,
  )
  expect(
    lineOf('{"jsonrpc":"2.0","method":"resources/read","params":{"uri":"file:///home/me/diary"}}'),
  ).not.toContain('diary')
  expect(lineOf('{"jsonrpc":"2.0","method":"tools/call","params":{"name":"echo"}}')).toContain(
    'tools/call echo',
  )
})

describe('a session of very many attempts', () => {
  const [opening] = login()
  const attempt = (n: number): Exchange => ({
    ...opening!,
    id: `a${n}`,
    client: `client ${n}`,
    connection: `k${n}`,
    startedAt: n * 1000,
    endedAt: n * 1000 + 1,
  })

  test('judges an attempt so often, however many there were before', () => {
    let judged = 0
    const counting = defineRule({
      ...(rules[0] as Rule<'challenge'>),
      id: 'test/counting',
      on: 'challenge',
      *check() {
        judged += 1
        yield* []
      },
    })
    const session = new Session({ rules: [counting as Rule], tool })
    const judgedIn = (from: number, to: number) => {
      const before = judged
      for (let n = from; n < to; n += 1) {
        session.ingest(attempt(n))
        session.judge()
        session.advance(n * 1000)
      }
      return judged - before
    }
    judgedIn(0, 1000)
    const early = judgedIn(1000, 1500)
    judgedIn(1500, 4000)
    expect(judgedIn(4000, 4500)).toBe(early)
    const before = judged
    session.settle()
    // Only what had not settled by itself is judged at the end.
    expect(judged - before).toBeLessThan(500)
    expect(session.report().flows).toHaveLength(4500)
  })
})

test('a finding stands however long the flow goes on', () => {
  const broken = login()
  const token = broken.findLast(({ request }) => request.url.endsWith('/token'))!
  const again = (n: number): Exchange => ({
    ...token,
    id: `r${n}`,
    startedAt: token.startedAt + n * 60_000,
    endedAt: token.startedAt + n * 60_000 + 1,
  })
  const marked = defineRule({
    ...(rules[0] as unknown as Rule<'token'>),
    id: 'test/marked',
    on: 'token',
    *check(step) {
      if (step.exchange.id === 'r50')
        yield { message: 'this one', evidence: [{ step, at: 'request.method' }] }
    },
  })
  const session = new Session({ rules: [marked as Rule], tool })
  const events: Event[] = []
  for (const exchange of [...broken, ...Array.from({ length: 600 }, (_, n) => again(n))])
    events.push(...session.ingest(exchange), ...session.judge())
  events.push(...session.settle())
  expect(events.filter(({ type }) => type === 'finding-withdrawn')).toEqual([])
  expect(session.report().findings.map(({ message }) => message)).toEqual(['this one'])
})

describe('a rule that throws', () => {
  const thrower = defineRule({
    ...(rules[0] as unknown as Rule<'token'>),
    id: 'test/thrower',
    on: 'token',
    *check() {
      yield* []
      throw new Error('out of order')
    },
  })

  test('is a crash with its name, told once; the other rules go on', () => {
    const { events, report } = judge(login(), { rules: [thrower as Rule, ...rules] })
    expect(events.filter(({ type }) => type === 'rule-crashed')).toEqual([
      {
        type: 'rule-crashed',
        'rule-crashed': { rule: 'test/thrower', message: 'out of order', flow: 'w1' },
      },
    ])
    expect(report.outcomes.crash).toBe(1)
    expect(report.verdict).toBe('pass')
  })
})

test('a rule that is ignored does not run, and the report names it', () => {
  const broken = parseTranscript(loginTranscript({ resource: 'https://elsewhere.example/mcp' }))
  expect(judge(broken).report.firstBroken).not.toBeNull()
  const { report } = judge(broken, { ignore: ['discovery/prm-resource-mismatch'] })
  expect(report.findings.map(({ rule }) => rule)).not.toContain('discovery/prm-resource-mismatch')
  expect(report.ignored).toEqual(['discovery/prm-resource-mismatch'])
})

test('a redacted verifier of which nothing is known is blind, and no mismatch', () => {
  const label = `‹code_verifier:${'0'.repeat(16)}›`
  const verifier = 'verifier-of-x-with-enough-characters-to-be-valid'
  const redacted = login().map((exchange) => ({
    ...exchange,
    request: {
      ...exchange.request,
      body: {
        ...exchange.request.body,
        bytes: Buffer.from(
          Buffer.from(exchange.request.body.bytes)
            .toString()
            .replace(verifier, encodeURIComponent(label)),
        ),
      },
    },
  }))
  const { report } = judge(redacted)
  expect(report.findings.map(({ rule }) => rule)).not.toContain('pkce/verifier-mismatch')
  expect(report.blind).toContainEqual(
    expect.objectContaining({
      rule: 'pkce/verifier-mismatch',
      leg: 'what was removed from this capture',
    }),
  )
})

test('a rule is judged once a flow, and its outcome is the worst of them', () => {
  const seen: string[] = []
  const picky = defineRule({
    ...(rules[0] as Rule<'challenge'>),
    id: 'test/picky',
    on: 'challenge',
    *check(step) {
      seen.push(step.exchange.id)
      if (step.exchange.id !== 'b') return
      yield { severity: 'error', message: 'b', evidence: [{ step, at: 'response.status' }] }
    },
  })
  const [challenge] = login()
  const session = new Session({ rules: [picky as Rule, ...rules], tool, ignore: [rules[0]!.id] })
  for (const id of ['a', 'b', 'c'])
    session.ingest({ ...challenge!, id, client: id, connection: id })
  session.settle()
  const outcomes = session.outcomes()
  expect(outcomes.get('test/picky')).toBe('fail')
  expect(outcomes.size).toBe(rules.length)
  expect(outcomes.has(rules[0]!.id)).toBe(false)
  expect(session.report().flows).toHaveLength(3)
  expect(seen.toSorted()).toEqual(['a', 'b', 'c'])
})
