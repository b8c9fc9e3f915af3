/** What is wrong with a scope by its letters, in words. */
interface ScopeFlaw {
  readonly variant: 'extra-space' | 'comma-separated' | 'json-array' | 'illegal-character'
  readonly text: string
}

/**
 * What is wrong with the letters of a scope parameter (RFC 6749 §3.3). Commas, colons, slashes and dots are legal inside a
 * value, so a comma counts only where a space follows, or where the parts are values that somebody names.
 * @param known values that were named elsewhere
 */
export function scopeFlaw(scope: string, known: readonly string[]): ScopeFlaw | undefined {
  if (scope.startsWith('["') && scope.endsWith('"]'))
    return { variant: 'json-array', text: 'is a JSON list' }
  const commas = scope.split(',')
  if (
    commas.length > 1 &&
    !known.includes(scope) &&
    (scope.includes(', ') || commas.every((part) => known.includes(part)))
  )
    return { variant: 'comma-separated', text: 'is parted by commas' }
  if (/["\\]|[^\x20-\x7e]/.test(scope))
    return { variant: 'illegal-character', text: 'holds a character that no scope may hold' }
  if (scope !== scope.trim() || scope.includes('  '))
    return { variant: 'extra-space', text: 'begins or ends with a space, or holds two in a row' }
  return undefined
}
