import { describe, expect, test } from 'vitest'
import { edit } from '../src/core/intercept/edit.ts'
import type { Fault } from '../src/core/intercept/fault.ts'
import type { Message } from '../src/core/intercept/message.ts'
import { cite } from '../src/core/verdict/spec.ts'
import { type Exchange, bodyText, changesIn, textBody } from '../src/core/wire/exchange.ts'
import { loadFaults } from '../src/faults.ts'
import { loadRules } from '../src/rules.ts'
import { judged, playIntercepted, playPage } from './intercepted.ts'

const faults = await loadFaults()
const { rules } = await loadRules()

/** The exchange as the other side got it, as if nobody knew that it was changed; undefined where it got none. */
function asReceived(exchange: Exchange): Exchange | undefined {
  const { request, response } = exchange
  const isJson = changesIn(exchange).some(({ fault }) => fault === 'token/json')
  const touched = exchange.touched
    .filter(({ by }) => by === undefined)
    .map((one) => (isJson ? { ...one, at: one.at.replace('request.form.', 'request.json/') } : one))
  let sent: Message = {
    side: 'request',
    method: request.method,
    url: request.url,
    status: 0,
    headers: request.headers,
    body: bodyText(request),
  }
  let answered: Message = {
    side: 'response',
    method: request.method,
    url: request.url,
    status: response?.status ?? 0,
    headers: response?.headers ?? [],
    body: response && bodyText(response),
  }
  const isCallback = exchange.handedOver === true && request.url.includes('iss=')
  for (const { at, client, upstream } of changesIn(exchange)) {
    const toClient = at.startsWith('response.') || isCallback
    const value = toClient ? client : upstream
    const place = at.replace(/\[\d+\]$/, '')
    const was = toClient ? upstream : client
    const how = value === '' ? '-' : was === '' ? '+=' : '='
    sent = edit(sent, { at: place, how, value })?.message ?? sent
    answered = edit(answered, { at: place, how, value })?.message ?? answered
  }
  // A browser that was kept back never came.
  if (exchange.handedOver === true && changesIn(exchange).some(({ at }) => at === 'request.method'))
    return undefined
  const isCut = changesIn(exchange).some(
    ({ at, client }) => at === 'response.status' && client === '',
  )
  if (isCut) {
    const failure = { phase: 'http', code: 'ECONNRESET', message: 'reset' } as const
    const { response: _response, ...rest } = exchange
    const unchanged = { ...rest, touched, failure }
    const isWhole = changesIn(exchange).some(({ fault }) => fault === 'wire/reset-in-head')
    return response === undefined || isWhole
      ? unchanged
      : { ...unchanged, response: { ...response, complete: false, body: textBody('{', 0) } }
  }
  return {
    ...exchange,
    touched,
    request: {
      ...request,
      url: sent.url,
      headers: sent.headers,
      body: textBody(sent.body ?? '', 0),
    },
    ...(response === undefined
      ? {}
      : {
          response: {
            ...response,
            status: answered.status,
            headers: answered.headers,
            body: textBody(answered.body ?? '', 0),
          },
        }),
  }
}

/** The exchanges as somebody got them who did not wait for an answer that is late on purpose. */
function untilLate(exchanges: readonly Exchange[]): readonly Exchange[] {
  const at = exchanges.findIndex((one) =>
    changesIn(one).some(({ upstream }) => upstream === 'at once'),
  )
  if (at < 0) return exchanges
  const { response, touched, ...asked } = exchanges[at]!
  const message = 'the client closed the connection before the answer was complete'
  const failure = { phase: 'client-gone', code: 'ECLIENTGONE', message } as const
  const isHalf = touched.some(({ client }) => client.startsWith('a byte'))
  const half = { ...response!, complete: false, body: textBody('{', 0) }
  const left = {
    ...asked,
    endedAt: asked.startedAt + 20_000,
    touched: touched.filter(({ by }) => by === undefined),
    failure,
    ...(isHalf ? { response: half } : {}),
  }
  return [...exchanges.slice(0, at), left]
}

/** A test does not wait for what is late. */
function soon(fault: Fault): Fault {
  return {
    ...fault,
    act: (message, step) => {
      const act = fault.act(message, step)
      if (act === undefined || !('pace' in act)) return act
      return { pace: { after: act.pace.after / 1000, each: act.pace.each / 10_000 } }
    },
  }
}

test.each(faults.map((fault) => [fault.id, fault] as const))(
  '%s says what it does, and cites what can be looked up',
  (_, { title, expected, rule, spec }) => {
    expect(title).not.toMatch(/^[A-Z]|\.$/)
    expect(expected).toMatch(/^[A-Z].*\.$/)
    if (rule !== undefined) expect(rules.map(({ id }) => id)).toContain(rule)
    for (const ref of spec) expect(cite(ref), ref).toBeDefined()
  },
)

const ofPages = (fault: Fault): boolean => fault.rule?.startsWith('cors/') === true

describe('in a healthy login', () => {
  test.each(faults.map((fault) => [fault.id, fault] as const))('%s', async (_, fault: Fault) => {
    const wanted = { faults: [{ fault: soon(fault), when: () => true }] }
    const { exchanges, targets } = await (ofPages(fault)
      ? playPage(wanted)
      : playIntercepted(wanted))
    const changed = exchanges.flatMap(changesIn)
    expect(changed.map((one) => one.fault)).toContain(fault.id)

    // As if nobody knew, its rule speaks.
    const unknowing = judged(
      untilLate(exchanges)
        .map(asReceived)
        .filter((one) => one !== undefined),
      targets,
    )
    const roots = unknowing.findings.filter(({ causedBy }) => causedBy === null)
    if (fault.rule === undefined) expect(unknowing.verdict).toBe('pass')
    else expect(roots.map(({ rule }) => rule)).toContain(fault.rule)
    const errors = roots.filter(({ severity }) => severity === 'error')
    expect(errors.filter(({ rule }) => rule !== fault.rule)).toEqual([])

    // As it is, nobody is blamed, and the report says who did it.
    const report = judged(exchanges, targets)
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(report.firstBroken).toBeNull()
    expect(report.capture.changed?.map((one) => one.fault)).toContain(fault.id)
  })
})
