import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Touch } from '../../core/wire/exchange.ts'
import { origin } from '../../core/wire/url.ts'
import {
  admit,
  type AdmissionParts,
  type Arrival,
  beginRecording,
  localUrl,
  reportBug,
} from '../arrival.ts'
import { FormText } from '../identity/form-text.ts'
import type { OriginMap } from '../identity/map.ts'
import { callbackPath } from '../identity/relay-uri.ts'
import type { Relay } from '../identity/relay.ts'
import type { Transaction } from '../identity/transactions.ts'
import type { Interception } from '../intercept.ts'
import type { Notices } from '../notices.ts'
import { ClientResponse } from '../wire/client-response.ts'
import { isEmbedded } from '../wire/gate.ts'
import type { Recording } from '../wire/record.ts'
import type { Recorder } from '../wire/recorder.ts'
import { collectBody } from '../wire/request-body.ts'
import { inField, privately } from './authorize.ts'
import { interceptBrowser, keepBack, onceDecided } from './intercept.ts'

const formLimit = 256 * 1024

export interface RelayingParts {
  readonly recorder: Recorder
  readonly map: OriginMap
  readonly relay: Relay
  readonly notices: Notices
  readonly interception: Interception | undefined
}

export type CallbackParts = AdmissionParts & RelayingParts

/** Takes an authorization response on its way to the client (RFC 6749 §4.1.2) and sends it on to the client's redirect URI. */
export function receiveCallback(
  parts: CallbackParts,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const clientResponse = new ClientResponse(response)
  try {
    // The page that sends a form has the authorization server's origin; what lets it in is its state.
    const arrival = admit(parts, request, parts.relay.port, false)
    if ('status' in arrival) {
      request.resume()
      return clientResponse.own(arrival.status, arrival.text)
    }
    takeCallback(parts, arrival, clientResponse)
  } catch (error) {
    reportBug(parts.notices, error, clientResponse)
  }
}

/** The same for one that was let in. */
export function takeCallback(
  parts: RelayingParts,
  arrival: Arrival,
  clientResponse: ClientResponse,
): void {
  const { request } = arrival
  if (request.method === 'GET') {
    request.resume()
    return takeQuery(parts, arrival, clientResponse)
  }
  if (request.method === 'POST') {
    collectBody(request, arrival.headers, formLimit, () => {})
      .then(
        (body) => {
          const bytes = body.kind === 'whole' ? body.bytes : Buffer.alloc(0)
          takeForm(parts, arrival, bytes, clientResponse)
        },
        () => {},
      )
      .catch((error: unknown) => reportBug(parts.notices, error, clientResponse))
    return
  }
  request.resume()
  clientResponse.own(405, 'an authorization response comes by GET or POST', ['Allow', 'GET, POST'])
}

function takeQuery(
  { interception, recorder, map, relay, notices }: RelayingParts,
  arrival: Arrival,
  clientResponse: ClientResponse,
): void {
  const query = arrival.visit.target.split('?').slice(1).join('?')
  const form = new FormText(query)
  const transaction = transactionOf(form, arrival, relay)
  if (transaction === undefined) return refuse(notices, clientResponse)
  const target = (parameters: string) => withQuery(transaction, parameters)
  const recording = begin(recorder, arrival, target(query), Buffer.alloc(0))
  const sent = interceptBrowser(interception, recording, 'upstream', { query })
  onceDecided(sent, { arrival, recording, clientResponse, notices }, (way) => {
    const changed = new FormText(way === 'kept back' ? query : way.to)
    recording.touched.push(...changeResponse(changed, 'query', transaction, map))
    recording.handOver()
    if (way === 'kept back') keepBack(clientResponse)
    else clientResponse.empty(302, ['Location', inField(target(changed.toString())), ...privately])
  })
}

/** OAuth 2.0 Form Post Response Mode §2. */
function takeForm(
  { interception, recorder, map, relay, notices }: RelayingParts,
  arrival: Arrival,
  body: Buffer,
  clientResponse: ClientResponse,
): void {
  const text = body.toString('latin1')
  const transaction = transactionOf(new FormText(text), arrival, relay)
  if (transaction === undefined) return refuse(notices, clientResponse)
  const recording = begin(recorder, arrival, transaction.redirectUri, body)
  const sent = interceptBrowser(interception, recording, 'upstream', { form: text })
  onceDecided(sent, { arrival, recording, clientResponse, notices }, (way) => {
    const form = new FormText(way === 'kept back' ? text : way.to)
    recording.touched.push(...changeResponse(form, 'form', transaction, map))
    recording.handOver()
    if (way === 'kept back') return keepBack(clientResponse)
    const page = Buffer.from(formPage(transaction.redirectUri, form))
    const type = ['Content-Type', 'text/html; charset=utf-8']
    const fields = [...type, 'Content-Security-Policy', pagePolicy]
    clientResponse.whole(200, page, [...fields, ...privately])
  })
}

/** The request that this response belongs to. It is used up, unless the state is not the one that was sent. */
function transactionOf(form: FormText, arrival: Arrival, relay: Relay): Transaction | undefined {
  const { pathname } = new URL(localUrl(arrival.visit))
  const state = form.get('state') ?? ''
  const transaction =
    relay.transactions.take(state, pathname) ?? withAnotherState(form, arrival, relay)
  if (transaction === undefined) return undefined
  relay.answered(transaction)
  const code = form.get('code')
  if (code !== undefined) relay.transactions.issued(code, transaction)
  return transaction
}

/**
 * A server that sends back another state than it was given, or none, is to be met by the client as wrong as it is: to
 * compare the state is up to the client (RFC 6749 §4.1.2, §10.12). What a page asks for in the background is no such answer.
 */
function withAnotherState(
  form: FormText,
  { visit, headers }: Arrival,
  { transactions }: Relay,
): Transaction | undefined {
  if (form.get('code') === undefined && form.get('error') === undefined) return undefined
  if (isEmbedded(headers)) return undefined
  const iss = form.get('iss')
  const { pathname } = new URL(localUrl(visit))
  return transactions.due(form.get('state') ?? '', pathname, iss && origin(iss))
}

function changeResponse(
  form: FormText,
  where: 'query' | 'form',
  transaction: Transaction,
  map: OriginMap,
): Touch[] {
  const touches = form
    .change('iss', (iss) => map.toLocal(iss, transaction.name))
    .map(({ before, after }) => ({
      at: `request.${where}.iss`,
      client: after,
      upstream: before,
      why: 'origin mapped',
    }))
  if (!transaction.stateIsOurs || form.get('state') !== transaction.state) return touches
  form.remove('state', transaction.state)
  const why = 'authtap added a state, because the client sent none'
  return [
    ...touches,
    { at: `request.${where}.state`, client: '', upstream: transaction.state, why },
  ]
}

/** The client's own redirect URI with the answer's parameters. A query of its own came back with the answer. */
function withQuery({ redirectUri, relayUri }: Transaction, parameters: string): string {
  const bare = redirectUri.split('#', 1)[0]!
  const own = bare.indexOf('?')
  const returned = own !== -1 && !relayUri.endsWith(callbackPath)
  const base = returned ? bare.slice(0, own) : bare
  if (parameters === '') return base
  return `${base}${base.includes('?') ? '&' : '?'}${parameters}`
}

function begin(recorder: Recorder, arrival: Arrival, url: string, body: Buffer): Recording {
  const recording = beginRecording(recorder, arrival, url)
  // Cookies of a local host were not set by whoever this is for.
  recording.requestHeaders = arrival.headers.filter(([name]) => name.toLowerCase() !== 'cookie')
  recording.requestBody.append(body)
  return recording
}

function refuse(notices: Notices, clientResponse: ClientResponse): void {
  const text =
    'an authorization response came whose state belongs to no request that authtap saw, or to one already answered'
  notices.tell('info', 'callback-unknown', text)
  clientResponse.own(400, `${text}.`, ['Referrer-Policy', 'no-referrer'])
}

const script = 'document.forms[0].submit()'
const pagePolicy = `default-src 'none'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`

function formPage(action: string, form: FormText): string {
  const inputs = form.params.map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  return `<!doctype html><meta charset="utf-8"><title>authtap</title>
<form method="post" action="${escape(action)}">${inputs.join('')}<noscript><button>Continue</button></noscript></form>
<script>${script}</script>
`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
