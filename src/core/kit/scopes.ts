import type { Flow } from '../flow/flow.ts'
import type { Challenge, McpCall, TokenCall } from '../step/step.ts'
import { member, objectOf, stringMember } from '../wire/json.ts'
import type { Token } from '../wire/jwt.ts'

/** The values of a scope parameter, which spaces part (RFC 6749 §3.3); none when there is no scope. */
export function scopesOf(scope: string | undefined): string[] {
  return scope?.split(' ').filter((value) => value !== '') ?? []
}

/** The scopes that the MCP server names, in its metadata and its challenges. */
export function publishedScopes(flow: Flow): string[] {
  const asked = flow.of('challenge').flatMap(({ scope }) => scopesOf(scope))
  return [...(flow.resourceMetadata?.scopesSupported ?? []), ...asked]
}

/** Scopes that say something of the login and not of the API: no access token has to carry them (OIDC Core §5.4, §11). */
const ofLogin = new Set(['openid', 'profile', 'email', 'offline_access', 'address', 'phone'])

/** Whether a scope says something of the login itself, such as `openid`, so that no access token has to carry it. */
export function isOfLogin(scope: string): boolean {
  return ofLogin.has(scope)
}

/** Whether a scope is among these. Some servers put the name of an API before its scopes, which tokens then lack. */
export function holdsScope(scopes: readonly string[], scope: string): boolean {
  return scopes.some(
    (one) => one === scope || one.endsWith(`/${scope}`) || scope.endsWith(`/${one}`),
  )
}

/** The scopes that a token carries by its own claims; undefined where they do not tell. */
export function claimedScopes(token: Token | undefined): string[] | undefined {
  const claimed = member(token?.claims, 'scope') ?? member(token?.claims, 'scp')
  if (typeof claimed === 'string') return scopesOf(claimed)
  return Array.isArray(claimed) ? claimed.filter((scope) => typeof scope === 'string') : undefined
}

/** The scopes that were granted: as the token response says, else as the token does, else as asked for (RFC 6749 §5.1). */
export function grantedScopes(issued: TokenCall, flow: Flow): string[] | undefined {
  if (issued.issuedScope !== undefined) return scopesOf(issued.issuedScope)
  const claimed = claimedScopes(issued.accessToken)
  if (claimed !== undefined) return claimed
  if (stringMember(objectOf(issued.answer), 'scope') !== undefined) return undefined
  const asked = issued.scope ?? flow.authorizationOf(issued)?.step.scope
  return asked === undefined ? undefined : scopesOf(asked)
}

/** The scopes that the token of a call carries, as far as that was seen. */
export function presentedScopes(step: Challenge | McpCall, flow: Flow): string[] | undefined {
  const issued = flow.issuedBy(step.presented)
  return issued === undefined ? claimedScopes(step.presented?.token) : grantedScopes(issued, flow)
}

/** A call that is refused for the scopes of its token (RFC 6750 §3.1). */
export function lacksScope(step: Challenge | McpCall): boolean {
  return step.kind === 'challenge' && step.status === 403 && step.error === 'insufficient_scope'
}

/** Calls for the same thing: one method, and one tool, prompt or resource. */
export function isSameCall(a: Challenge | McpCall, b: Challenge | McpCall): boolean {
  return a.rpc?.method === b.rpc?.method && a.rpc?.target === b.rpc?.target
}
