import type { Touch } from '../../core/wire/exchange.ts'
import { changeResources } from './authorization-request.ts'
import { FormText } from './form-text.ts'
import { JsonText } from './json-text.ts'
import type { OriginMap } from './map.ts'
import { type Notices, quoted } from '../notices.ts'
import type { Relay } from './relay.ts'
import type { Transaction } from './transactions.ts'

const openBrace = 0x7b

export interface TokenContext {
  readonly origin: string
  readonly map: OriginMap
  readonly relay: Relay
  readonly notices: Notices
}

/** Translates the parameters of a token request (RFC 6749 §4.1.3); undefined when nothing has to change. */
export function changeTokenRequest(
  body: Buffer,
  context: TokenContext,
): { bytes: Buffer; touches: Touch[] } | undefined {
  // Not what RFC 6749 §3.2 asks for; a server that takes it all the same must not see our addresses.
  const json = body[0] === openBrace ? JsonText.read(body) : undefined
  if (json !== undefined) return changeJson(json, context)
  const form = new FormText(body.toString('latin1'))
  noteAssertions(form, context)
  const touches = [...changeResources(form, 'form', context.map), ...changeRedirect(form, context)]
  return touches.length === 0
    ? undefined
    : { bytes: Buffer.from(form.toString(), 'latin1'), touches }
}

function changeJson(
  json: JsonText,
  context: TokenContext,
): { bytes: Buffer; touches: Touch[] } | undefined {
  const { map } = context
  const code = json.strings('code').at(-1)?.value
  const transaction = transactionOf(code, json.strings('client_id').at(-1)?.value, context)
  const changes = [
    ...['resource', 'audience'].flatMap((name) =>
      [...json.strings(name), ...json.listed(name)].map((string) => ({
        string,
        upstream: map.toUpstream(string.value),
        why: 'origin mapped',
      })),
    ),
    ...json.strings('redirect_uri').map((string) => ({
      string,
      upstream: string.value === transaction?.redirectUri ? transaction.relayUri : string.value,
      why: 'the code came back through authtap',
    })),
  ].filter(({ string, upstream }) => upstream !== string.value)
  if (changes.length === 0) return undefined
  return {
    bytes: json.apply(
      changes.flatMap(({ string, upstream }) => json.changeStart(string, upstream) ?? []),
    ),
    touches: changes.map(({ string, upstream, why }) => ({
      at: `request.json${string.pointer}`,
      client: string.value,
      upstream,
      why,
    })),
  }
}

/** The request for which this code was issued. One that is not known says that a login went past the relay, and worked. */
function transactionOf(
  code: string | undefined,
  clientId: string | undefined,
  { relay, origin }: TokenContext,
): Transaction | undefined {
  if (code === undefined) return undefined
  const transaction = relay.transactions.ofCode(code)
  if (transaction === undefined) relay.redeemedUnseen(origin, clientId)
  return transaction
}

/** Only the redirect URI that belongs to the code: a client's own mistake stays one. */
function changeRedirect(form: FormText, context: TokenContext): Touch[] {
  const transaction = transactionOf(form.get('code'), form.get('client_id'), context)
  if (transaction === undefined) return []
  const { redirectUri, relayUri } = transaction
  return form
    .change('redirect_uri', (value) => (value === redirectUri ? relayUri : value))
    .map(({ before, after }) => ({
      at: 'request.form.redirect_uri',
      client: before,
      upstream: after,
      why: 'the code came back through authtap',
    }))
}

/** A client signs what it was shown; that cannot be translated. */
function noteAssertions(form: FormText, { origin, map, notices }: TokenContext): void {
  for (const name of ['client_assertion', 'assertion']) {
    const local = audiences(form.get(name)).find(
      (audience) => map.toUpstream(audience) !== audience,
    )
    if (local === undefined) continue
    const text = `the ${name} sent to ${origin} is signed for ${quoted(local)}, which is authtap's address for that server, so the server will refuse it (set the client's audience to the real issuer, if it has such a setting)`
    notices.tell('warning', 'assertion-cannot-pass', text, `${origin} ${name}`)
  }
}

function audiences(jwt: string | undefined): string[] {
  const payload = jwt?.split('.', 3)[1]
  if (payload === undefined || payload.length > 64 * 1024) return []
  try {
    const { aud } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      aud?: unknown
    }
    return [aud].flat().filter((one) => typeof one === 'string')
  } catch {
    return []
  }
}
