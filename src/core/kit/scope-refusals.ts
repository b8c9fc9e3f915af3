import type { Flow } from '../flow/flow.ts'
import { said } from '../step/refusal.ts'
import type {
  Authorize,
  PushedRequest,
  Registration,
  ServerMetadata,
  Step,
  TokenCall,
} from '../step/step.ts'
import type { Place, Pointer } from '../verdict/rule.ts'
import { objectOf, stringMember, stringsMember } from '../wire/json.ts'
import {
  type Refused,
  isUpstreamHop,
  parameterPlace,
  refusalOf,
  refusesResource,
} from './refusals.ts'
import { scopesOf } from './scopes.ts'

/** A request that asks for scopes. */
type ScopeRequest = Registration | Authorize | PushedRequest | TokenCall

interface ScopeRefusal {
  readonly step: Step
  readonly at: Place
  readonly text: string
  /** Where the text stands. */
  readonly saidAt?: Place | undefined
}

/** Scopes that the authorization server refuses, and how it says so. */
interface RefusedScopes {
  readonly asked: readonly string[]
  /** Those that the refusal is about: those it names, else those that the server does not list, else all. */
  readonly blamed: readonly string[]
  readonly request: Pick<Pointer, 'step' | 'at'>
  readonly refusal: ScopeRefusal
}

/** The scopes that the server lists in its metadata; undefined where it has no such list. */
export function listedScopes(metadata: ServerMetadata | undefined): string[] | undefined {
  return metadata === undefined
    ? undefined
    : stringsMember(objectOf(metadata.document), 'scopes_supported')
}

/** The scopes that a request asks for, be it in the authorization request before it. */
export function askedScopes(step: ScopeRequest, flow: Flow): string[] {
  return scopesOf(
    step.kind === 'registration'
      ? stringMember(objectOf(step.sent), 'scope')
      : scopeCarrier(step, flow).scope,
  )
}

/** The request that carries the scope: this one, or the authorization request before it. */
export function scopeCarrier(
  step: Authorize | PushedRequest | TokenCall,
  flow: Flow,
): Authorize | PushedRequest | TokenCall {
  if (step.kind !== 'token' || step.scope !== undefined) return step
  return flow.authorizationOf(step)?.step ?? step
}

/** What a request is refused for, when that is its scope and the login did not go on all the same. */
export function refusedScopes(step: ScopeRequest, flow: Flow): RefusedScopes | undefined {
  const asked = askedScopes(step, flow)
  const refusal = asked.length === 0 ? undefined : scopeRefusal(step, flow)
  if (refusal === undefined || flow.after(step, 'token').some(({ ok }) => ok)) return undefined
  return {
    asked,
    blamed: blamedScopes(asked, refusal.text, listedScopes(flow.serverMetadata)),
    request:
      step.kind === 'registration'
        ? { step, at: 'request.json/scope' }
        : parameterPlace(scopeCarrier(step, flow), 'scope', flow),
    refusal,
  }
}

function scopeRefusal(step: ScopeRequest, flow: Flow): ScopeRefusal | undefined {
  if (step.kind === 'registration') {
    const words = said(step, 'scope')
    const again = flow.after(step, 'registration').some(({ ok }) => ok)
    if (step.ok || again || (step.error?.error !== 'invalid_scope' && words === undefined))
      return undefined
    const text = step.refusal?.text ?? ''
    return { step, at: words?.at ?? 'response.json/error', text, saidAt: step.refusal?.at }
  }
  if (step.kind !== 'token' && isUpstreamHop(step, flow)) return undefined
  const refusal = refusalOf(step, flow)
  if (refusal === undefined || refusesResource(refusal)) return undefined
  if (!isAboutScope(refusal)) return undefined
  const { step: by, at, text } = refusal
  return { step: by, at, text, saidAt: by.refusal?.at }
}

/** By its code, or in its words where the code says nothing in particular. */
function isAboutScope({ error, text, says }: Refused): boolean {
  if (error === 'invalid_scope' || text.includes('invalid_scope')) return true
  const isVague = error === undefined || error === 'invalid_request'
  return (
    isVague &&
    says.some(({ meaning, words }) => meaning === 'scope' && words.toLowerCase().includes('scope'))
  )
}

function blamedScopes(
  asked: readonly string[],
  text: string,
  catalogue: readonly string[] | undefined,
): readonly string[] {
  const words = text.split(/[\s"'`,;()[\]]+/).map((word) => word.replace(/[.:]$/, ''))
  const named = asked.filter((scope) => words.includes(scope))
  if (named.length > 0) return named
  const unlisted = catalogue === undefined ? [] : asked.filter((one) => !catalogue.includes(one))
  return unlisted.length > 0 ? unlisted : asked
}
