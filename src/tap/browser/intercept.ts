import { decided } from '../../core/intercept/decision.ts'
import type { Exchange } from '../../core/wire/exchange.ts'
import type { Message, Outcome, Sender } from '../../core/intercept/message.ts'
import { type Arrival, reportBug } from '../arrival.ts'
import type { Interception } from '../intercept.ts'
import type { Notices } from '../notices.ts'
import type { ClientResponse } from '../wire/client-response.ts'
import type { GoneBecause } from '../wire/connections.ts'
import type { Recording } from '../wire/record.ts'
import { goneFailure } from '../wire/gone.ts'

/** Where a browser is to be sent, or that it is sent nowhere: its way was kept back, or it has left. */
export type Sent = { readonly to: string } | 'kept back' | 'gone'

/** The part of what a browser brings that may be changed, where it is not the whole URL: a query, or a form. */
export type Part = { readonly query: string } | { readonly form: string }

/**
 * Where a browser is to be sent, or with which part, with what was changed on purpose in the record; a promise where a person
 * has to decide.
 */
export function interceptBrowser(
  interception: Interception | undefined,
  recording: Recording,
  sender: Sender,
  part?: Part,
): Sent | Promise<Sent> {
  const exchange = recording.now()
  const plan = interception?.interceptor.plan('request', exchange)
  if (interception === undefined || plan === undefined) return { to: partOf(exchange, part) }
  const { message, fixed, before } = messageOf(exchange, part)
  const outcome = plan.carryOut(message, sender)
  const sent = (done: Outcome): Sent => {
    recording.touched.push(...done.changes)
    if (done.cut !== undefined) return 'kept back'
    const { url, body = '' } = done.message
    return { to: part === undefined ? url : 'form' in part ? body : url.slice(before.length) }
  }
  const whole = withUrl(outcome, before)
  if (!plan.isHeld || outcome.cut !== undefined) return sent(whole)
  return interception.desk
    .hold(recording, whole.message, fixed)
    .then((decision) =>
      decision === undefined
        ? 'gone'
        : decision.does === 'answer'
          ? 'kept back'
          : sent(decided(whole, decision, sender)),
    )
}

function partOf({ request }: Exchange, part: Part | undefined): string {
  return part === undefined ? request.url : 'form' in part ? part.form : part.query
}

/** What may be changed, what its URL begins with in any case, and what stands before it. */
function messageOf({ request }: Exchange, part: Part | undefined) {
  const { method, url, headers } = request
  const base = { side: 'request', method, status: 0, headers, sendsOn: true } as const
  if (part === undefined) {
    const message: Message = { ...base, url, body: undefined }
    return { message, fixed: `${new URL(url).origin}/`, before: '' }
  }
  if ('form' in part) return { message: { ...base, url, body: part.form }, fixed: url, before: '' }
  const before = url.slice(0, url.length - part.query.length)
  const message: Message = { ...base, url: `?${part.query}`, body: undefined }
  return { message, fixed: before, before }
}

/** Goes on at once, or when a person has decided; not at all when the browser does not wait for that. */
export function onceDecided(
  sent: Sent | Promise<Sent>,
  {
    arrival: { connection },
    recording,
    clientResponse,
    notices,
  }: {
    arrival: Pick<Arrival, 'connection'>
    recording: Recording
    clientResponse: ClientResponse
    notices: Notices
  },
  goOn: (way: Exclude<Sent, 'gone'>) => void,
): void {
  if (!(sent instanceof Promise)) {
    if (sent !== 'gone') goOn(sent)
    return
  }
  const waiting = { clientGone: (because: GoneBecause) => recording.fail(goneFailure(because)) }
  connection.enter(waiting)
  sent
    .then((way) => {
      connection.leave(waiting)
      if (way !== 'gone') goOn(way)
    })
    .catch((error: unknown) => reportBug(notices, error, clientResponse, recording))
}

/** What the browser shows in place of what would have followed. */
export function keepBack(clientResponse: ClientResponse): void {
  const text = 'this authorization was kept back on purpose'
  clientResponse.own(200, text, ['Referrer-Policy', 'no-referrer'])
}

/** With what the query was a part of before it. */
function withUrl(outcome: Outcome, before: string): Outcome {
  if (before === '') return outcome
  const { message } = outcome
  return { ...outcome, message: { ...message, url: before + message.url.slice(1) } }
}
