import { STATUS_CODES } from 'node:http'
import { isUtf8 } from 'node:buffer'
import { decodedBytes, type Headers, isStream } from '../core/wire/exchange.ts'
import { decided } from '../core/intercept/decision.ts'
import type { Interceptor } from '../core/intercept/interceptor.ts'
import type { Answer, Cut, Message, Outcome } from '../core/intercept/message.ts'
import type { Desk } from './desk.ts'
import type { Plan } from '../core/intercept/interceptor.ts'
import { changeEvents } from './intercept-events.ts'
import { changedDocumentHead } from './identity/response-head.ts'
import type { ChangedWhole, EventsChange, Head, HeadPlan } from './wire/head-plan.ts'
import { toPairs } from './wire/headers.ts'
import type { Recording } from './wire/record.ts'
import type { WireRequest } from './wire/round-trip.ts'
import type { Arriving, FlatHeaders, Flight, Transport } from './wire/transport.ts'

/** A body that is to be changed is held whole; a larger one passes as it is. */
const bodyLimit = 8 * 1024 * 1024

/** What does things to messages on purpose: by itself, and by a person's hand. */
export interface Interception {
  readonly interceptor: Interceptor
  readonly desk: Desk
}

export interface InterceptedRequest {
  readonly wire: WireRequest
  /** What carries it: the real transport, where it goes up. */
  carrier(transport: Transport): Pick<Transport, 'send'>
  /** The server has no part in the answer. */
  readonly isAnswered: boolean
}

/**
 * The request as the upstream is to get it, with what was changed on purpose in the record; undefined lets it pass. A promise
 * where a person has to decide, which gives 'gone' when the client does not wait for that.
 */
export function interceptRequest(
  { interceptor, desk }: Interception,
  wire: WireRequest,
  recording: Recording,
): InterceptedRequest | undefined | Promise<InterceptedRequest | 'gone'> {
  const plan = interceptor.plan('request', recording.now())
  if (plan === undefined) return undefined
  if (plan.needsBody && wire.body.kind === 'stream') desk.tellTooLarge(recording, 'request')
  const headers = toPairs(wire.headers)
  const bytes = wire.body.kind === 'whole' ? wire.body.bytes : undefined
  const message: Message = {
    side: 'request',
    method: wire.method,
    url: wire.origin + wire.target,
    status: 0,
    headers,
    body: wire.body.kind === 'none' ? '' : textOf(bytes, headers),
  }
  const outcome = plan.carryOut(message, 'client')
  if (!plan.isHeld || (outcome.answer ?? outcome.cut) !== undefined)
    return intercepted(wire, message, outcome, recording)
  return desk
    .hold(recording, outcome.message, `${wire.origin}/`)
    .then((decision) =>
      decision === undefined
        ? 'gone'
        : intercepted(wire, message, decided(outcome, decision, 'client'), recording),
    )
}

function intercepted(
  wire: WireRequest,
  { body }: Message,
  { message: changed, changes, answer, cut }: Outcome,
  recording: Recording,
): InterceptedRequest {
  recording.touched.push(...changes)
  const isNew = changed.body !== undefined && changed.body !== body
  return {
    wire: {
      ...wire,
      method: changed.method,
      target: changed.url.slice(wire.origin.length),
      headers: changed.headers
        .filter(([name]) => !isNew || name.toLowerCase() !== 'content-encoding')
        .flat(),
      body: isNew ? { kind: 'whole', bytes: Buffer.from(changed.body) } : wire.body,
    },
    carrier: (transport) =>
      answer !== undefined ? answering(answer) : cut !== undefined ? refusing(cut) : transport,
    isAnswered: (answer ?? cut) !== undefined,
  }
}

/** Translates a head for the client. */
export type Translate = (head: Head) => HeadPlan | Promise<HeadPlan>

/** What the client gets in place of the upstream's answer; undefined lets it pass. */
export function interceptAnswer(
  { interceptor, desk }: Interception,
  head: Head,
  recording: Recording,
  translate: Translate,
): HeadPlan | Promise<HeadPlan> | undefined {
  const exchange = recording.now()
  const plan = interceptor.plan('response', exchange)
  if (plan === undefined) return undefined
  const message: Message = {
    side: 'response',
    method: exchange.request.method,
    url: exchange.request.url,
    status: head.status,
    headers: head.headers,
    body: undefined,
  }
  const carryOut: CarryOut = async (whole) => {
    const outcome = plan.carryOut(whole, 'upstream')
    if (!plan.isHeld || outcome.cut !== undefined) return outcome
    const decision = await desk.hold(recording, outcome.message, '')
    return decision && decided(outcome, decision, 'upstream')
  }
  const tooLarge = () => desk.tellTooLarge(recording, 'answer')
  if (isStream(head.headers))
    return isCoded(head)
      ? changedHead(carryOut, message, head, translate)
      : changedStream(plan, message, head, translate, (whole) =>
          changeEvents(plan, whole, recording, desk, tooLarge),
        )
  return plan.needsBody
    ? changedWhole(carryOut, message, head, translate, tooLarge)
    : changedHead(carryOut, message, head, translate)
}

/** Events that are compressed cannot be told from one another: they pass, and such a stream is held before its head. */
function isCoded({ headers }: Head): boolean {
  return headers.some(([name]) => name.toLowerCase() === 'content-encoding')
}

/** The head passes, and the events one by one. */
async function changedStream(
  plan: Plan,
  message: Message,
  head: Head,
  translate: Translate,
  eventsOf: (message: Message) => EventsChange,
): Promise<HeadPlan> {
  const changed = await changedHead(
    (whole) => Promise.resolve(plan.carryOut(whole, 'upstream')),
    message,
    head,
    translate,
  )
  return changed.kind === 'stream' && plan.hasEvents
    ? { ...changed, events: eventsOf(message) }
    : changed
}

/** Does what is to be done to a message. Resolves with undefined when nobody waits for it any longer. */
type CarryOut = (message: Message) => Promise<Outcome | undefined>

/** The body flows by. */
async function changedHead(
  carryOut: CarryOut,
  message: Message,
  head: Head,
  translate: Translate,
): Promise<HeadPlan> {
  const outcome = await carryOut(message)
  if (outcome === undefined) return { kind: 'cut', reset: false, touches: [] }
  const { message: changed, changes, cut } = outcome
  if (cut !== undefined) return { kind: 'cut', reset: cut.how === 'reset', touches: changes }
  const { status, headers } = changed
  const translated = await translate({ ...head, status, headers })
  if (translated.kind === 'again' || translated.kind === 'cut') return translated
  return { ...translated, status, touches: [...changes, ...translated.touches] }
}

/** The body is waited for and changed with the head. */
async function changedWhole(
  carryOut: CarryOut,
  message: Message,
  head: Head,
  translate: Translate,
  tooLarge: () => void,
): Promise<HeadPlan> {
  const asSent = await translate(head)
  if (asSent.kind === 'again' || asSent.kind === 'cut') return asSent
  return {
    kind: 'whole',
    headers: asSent.headers,
    touches: [],
    limit: bodyLimit,
    passes: tooLarge,
    async change(bytes) {
      const body = textOf(bytes, head.headers)
      const outcome = await carryOut({ ...message, body })
      if (outcome === undefined) return { ...asSent, body: bytes, touches: [] }
      const { message: changed, changes, cut, pace } = outcome
      const isNew = changed.body !== undefined && changed.body !== body
      const whole = await translatedWhole(
        { status: changed.status, statusText: head.statusText, headers: changed.headers },
        isNew ? Buffer.from(changed.body) : bytes,
        isNew,
        translate,
      )
      return {
        ...whole,
        touches: [...changes, ...whole.touches],
        ...(cut === undefined ? {} : { cut }),
        ...(pace === undefined ? {} : { pace }),
      }
    },
  }
}

/** @param isNew the body is not the one that the fields describe */
async function translatedWhole(
  head: Head,
  body: Buffer,
  isNew: boolean,
  translate: Translate,
): Promise<ChangedWhole> {
  const described = isNew
    ? changedDocumentHead(head.headers, head.headers.flat(), body.length)
    : { headers: head.headers.flat(), touches: [] }
  const plan = await translate({ ...head, headers: toPairs(described.headers) })
  const { status } = head
  if (plan.kind === 'again' || plan.kind === 'cut') return { ...described, status, body }
  const touches = [...described.touches, ...plan.touches]
  if (plan.kind === 'stream') return { headers: plan.headers, status, touches, body }
  const whole = await plan.change(body)
  return { ...whole, status, touches: [...touches, ...whole.touches] }
}

/** A body as text; undefined where it is not there or is none. */
function textOf(bytes: Buffer | undefined, headers: Headers): string | undefined {
  const decoded = bytes && decodedBytes({ headers, body: { bytes, dropped: 0 } })
  return decoded !== undefined && isUtf8(decoded) ? Buffer.from(decoded).toString() : undefined
}

const noFlight: Flight = { pause() {}, resume() {}, abort() {} }

/** Answers in the server's place. */
function answering({ status, headers, body }: Answer): Pick<Transport, 'send'> {
  const bytes = Buffer.from(body)
  const fields: FlatHeaders = [...headers.flat(), 'Content-Length', String(bytes.length)]
  return instead((arriving) => {
    arriving.head(status, STATUS_CODES[status] ?? '', fields)
    if (bytes.length > 0) arriving.data(bytes)
    arriving.end([])
  })
}

/** Fails as if the upstream could not be reached, or had hung up. */
function refusing({ how }: Cut): Pick<Transport, 'send'> {
  const code = how === 'reset' ? 'ECONNRESET' : 'ECONNREFUSED'
  const message = 'authtap was told to let nothing through'
  return instead((arriving) => arriving.failed({ phase: 'tcp', code, message }, how))
}

function instead(arrive: (arriving: Arriving) => void): Pick<Transport, 'send'> {
  return {
    send: ({ body }, arriving) => {
      // What the client still sends goes nowhere.
      if (body !== undefined && !Buffer.isBuffer(body)) body.resume()
      setImmediate(() => arrive(arriving))
      return noFlight
    },
  }
}
