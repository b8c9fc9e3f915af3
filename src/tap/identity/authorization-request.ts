import { randomBytes } from 'node:crypto'
import type { Touch } from '../../core/wire/exchange.ts'
import type { FormText } from './form-text.ts'
import type { OriginMap } from './map.ts'
import { type Notices, quoted } from '../notices.ts'
import type { ServerFacts } from './origins.ts'
import type { Proofs } from './proof.ts'
import type { AuthorizationAsked, Relay } from './relay.ts'
import type { Transaction } from './transactions.ts'

export interface AuthorizationContext {
  /** Origin of the authorization server. */
  readonly origin: string
  readonly server: ServerFacts | undefined
  /** The local host name that the client uses. */
  readonly name: string
  readonly map: OriginMap
  readonly relay: Relay
  readonly proofs: Proofs | undefined
  readonly notices: Notices
  /** Called when the answer is to come back through the relay. */
  readonly began?: (transaction: Transaction) => void
}

/**
 * Translates the parameters of an authorization request (RFC 6749 §4.1.1), pushed or not, and remembers it when its answer
 * is to come back through the relay.
 */
export function changeAuthorization(
  form: FormText,
  where: 'query' | 'form',
  context: AuthorizationContext,
): Touch[] {
  noteOpaque(form, context)
  const touches = changeResources(form, where, context.map)
  touches.push(...changeRedirect(form, where, context))
  const { proofs } = context
  if (proofs !== undefined) {
    for (const { before, after } of form.change('dpop_jkt', (thumbprint) =>
      proofs.standIn(thumbprint),
    ))
      touches.push({
        at: `request.${where}.dpop_jkt`,
        client: before,
        upstream: after,
        why: 'proofs are bound to the upstream URL',
      })
  }
  return touches
}

/** RFC 8707 §2; `audience` is what some servers ask for instead. */
export function changeResources(form: FormText, where: 'query' | 'form', map: OriginMap): Touch[] {
  return ['resource', 'audience'].flatMap((name) =>
    form
      .change(name, (value) => map.toUpstream(value))
      .map(({ before, after }) => ({
        at: `request.${where}.${name}`,
        client: before,
        upstream: after,
        why: 'origin mapped',
      })),
  )
}

/** What a request asks for; undefined when it does not say, or says it twice, which is for the server to mind. */
export function readAsked(
  form: FormText,
  { origin, server, name }: Pick<AuthorizationContext, 'origin' | 'server' | 'name'>,
): AuthorizationAsked | undefined {
  const redirectUri = form.get('redirect_uri')
  if (redirectUri === undefined || form.getAll('redirect_uri').length > 1) return undefined
  if (form.has('request') || form.has('request_uri')) return undefined
  return {
    origin,
    server,
    redirectUri,
    clientId: form.get('client_id'),
    state: form.get('state'),
    responseMode: form.get('response_mode'),
    name,
  }
}

function changeRedirect(
  form: FormText,
  where: 'query' | 'form',
  context: AuthorizationContext,
): Touch[] {
  const asked = readAsked(form, context)
  if (asked === undefined) return []
  const { relay, origin, name } = context
  const { redirectUri, state } = asked
  const choice = relay.choose(asked)
  if (choice === undefined) return []
  const { uri: relayUri, guessed } = choice
  const why = 'the authorization response comes back through authtap'
  form.change('redirect_uri', () => relayUri)
  const touches: Touch[] = [
    { at: `request.${where}.redirect_uri`, client: redirectUri, upstream: relayUri, why },
  ]
  const ourState = state === undefined ? randomBytes(16).toString('base64url') : undefined
  if (ourState !== undefined) {
    form.append('state', ourState)
    touches.push({ at: `request.${where}.state`, client: '', upstream: ourState, why })
  }
  const transaction: Transaction = {
    origin,
    redirectUri,
    relayUri,
    state: state ?? ourState!,
    stateIsOurs: ourState !== undefined,
    clientId: asked.clientId ?? '',
    name,
    startedAt: Date.now(),
    guessed,
  }
  relay.transactions.begin(transaction)
  context.began?.(transaction)
  return touches
}

function noteOpaque(form: FormText, { origin, notices }: AuthorizationContext): void {
  if (form.has('request')) {
    const text = `the authorization request to ${origin} is signed (RFC 9101), so authtap cannot translate the URLs in it and does not see the authorization response`
    notices.tell('warning', 'signed-request', text, origin)
  }
  const uri = form.get('request_uri')
  if (uri !== undefined && !uri.startsWith('urn:ietf:params:oauth:request_uri:')) {
    const text = `the authorization request to ${origin} takes its parameters from ${quoted(uri)}, which does not go through authtap`
    notices.tell('info', 'request-by-reference', text, origin)
  }
}
