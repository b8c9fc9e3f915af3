import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Headers, Touch } from '../../core/wire/exchange.ts'
import { ClientResponse } from '../wire/client-response.ts'
import { inField, privately } from './authorize.ts'
import { FormText } from '../identity/form-text.ts'
import type { Visit } from '../wire/gate.ts'
import { toPairs } from '../wire/headers.ts'
import { clientKey, type House, localUrl, reportBug } from '../proxy-parts.ts'
import { callbackPath } from '../identity/relay-uri.ts'
import { collectBody } from '../wire/request-body.ts'
import type { Transaction } from '../identity/transactions.ts'

const formLimit = 256 * 1024

interface Arrival {
  readonly house: House
  readonly visit: Visit
  readonly headers: Headers
  readonly request: IncomingMessage
  readonly answer: ClientResponse
}

/** Takes an authorization response on its way to the client (RFC 6749 §4.1.2) and sends it on to the client's redirect URI. */
export function receiveCallback(
  house: House,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const answer = new ClientResponse(response)
  try {
    admit(house, request, answer)
  } catch (error) {
    reportBug(house, error, answer)
  }
}

function admit(house: House, request: IncomingMessage, answer: ClientResponse): void {
  const headers = toPairs(request.rawHeaders)
  // The page that sends a form has the authorization server's origin; what lets it in is its state.
  const visit = house.gate.check(request.url ?? '', headers, house.relay.port, false)
  if ('status' in visit) {
    request.resume()
    return answer.own(visit.status, visit.text)
  }
  const arrival = { house, visit, headers, request, answer }
  if (request.method === 'GET') {
    request.resume()
    return takeQuery(arrival)
  }
  if (request.method === 'POST') {
    collectBody(request, headers, formLimit, () => {})
      .then(
        (body) => takeForm(arrival, body.kind === 'whole' ? body.bytes : Buffer.alloc(0)),
        () => {},
      )
      .catch((error: unknown) => reportBug(house, error, answer))
    return
  }
  request.resume()
  answer.own(405, 'authorization responses arrive by GET or POST', ['Allow', 'GET, POST'])
}

function takeQuery(arrival: Arrival): void {
  const { house, visit, answer } = arrival
  const query = visit.target.split('?').slice(1).join('?')
  const form = new FormText(query)
  const transaction = take(house, form, visit)
  if (transaction === undefined) return refuse(arrival)
  const touches = changeResponse(form, 'query', transaction, house)
  const target = (parameters: string) => withQuery(transaction, parameters)
  record(arrival, target(query), touches, Buffer.alloc(0))
  answer.empty(302, ['Location', inField(target(form.toString())), ...privately])
}

/** OAuth 2.0 Form Post Response Mode §2. */
function takeForm(arrival: Arrival, body: Buffer): void {
  const { house, visit, answer } = arrival
  const form = new FormText(body.toString('latin1'))
  const transaction = take(house, form, visit)
  if (transaction === undefined) return refuse(arrival)
  const touches = changeResponse(form, 'form', transaction, house)
  record(arrival, transaction.redirectUri, touches, body)
  const page = Buffer.from(formPage(transaction.redirectUri, form))
  const fields = ['Content-Type', 'text/html; charset=utf-8', 'Content-Security-Policy', pagePolicy]
  answer.whole(200, page, [...fields, ...privately])
}

function take(house: House, form: FormText, visit: Visit): Transaction | undefined {
  const state = form.get('state')
  if (state === undefined) return undefined
  const { transactions } = house.relay
  const transaction = transactions.take(state, new URL(localUrl(visit)).pathname)
  const code = form.get('code')
  if (transaction !== undefined && code !== undefined) transactions.issued(code, transaction)
  return transaction
}

function changeResponse(
  form: FormText,
  where: 'query' | 'form',
  transaction: Transaction,
  house: House,
): Touch[] {
  const { map } = house.origins
  const touches = form
    .change('iss', (iss) => map.toLocal(iss, transaction.name))
    .map(({ before, after }) => ({
      at: `request.${where}.iss`,
      client: after,
      upstream: before,
      why: 'origin mapped',
    }))
  if (!transaction.stateIsOurs) return touches
  form.remove('state', transaction.state)
  const why = 'the client sent no state, the relay needs one'
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

function record(
  { house, visit, headers, request }: Arrival,
  url: string,
  touches: readonly Touch[],
  body: Buffer,
): void {
  const connection = house.connections.of(request.socket)
  const recording = house.recorder.begin({
    client: clientKey(connection, headers),
    connection: connection.id,
    method: request.method ?? 'GET',
    url,
    via: localUrl(visit),
    httpVersion: request.httpVersion,
  })
  // Cookies of a local host were not set by whoever this is for.
  recording.requestHeaders = headers.filter(([name]) => name.toLowerCase() !== 'cookie')
  recording.requestBody.append(body)
  recording.touched.push(...touches)
  recording.handOver()
}

function refuse({ house, answer }: Arrival): void {
  const text =
    'an authorization response arrived that belongs to no request seen here, or to one already answered'
  house.notices.tell('info', 'callback-unknown', text)
  answer.own(400, `${text}.`, ['Referrer-Policy', 'no-referrer'])
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
