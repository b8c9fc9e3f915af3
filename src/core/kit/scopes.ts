import type { Flow } from '../flow/flow.ts'

/** The values of a scope parameter, which spaces part (RFC 6749 §3.3); none when there is no scope. */
export function scopesOf(scope: string | undefined): string[] {
  return scope?.split(' ').filter((value) => value !== '') ?? []
}

/** The scopes that the MCP server names, in its metadata and its challenges. */
export function publishedScopes(flow: Flow): string[] {
  const asked = flow.of('challenge').flatMap(({ scope }) => scopesOf(scope))
  return [...(flow.resourceMetadata?.scopesSupported ?? []), ...asked]
}
