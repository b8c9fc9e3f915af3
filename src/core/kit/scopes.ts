/** The values of a scope parameter, which spaces part (RFC 6749 §3.3); none when there is no scope. */
export function scopesOf(scope: string | undefined): string[] {
  return scope?.split(' ').filter((value) => value !== '') ?? []
}
