import { comparison } from './comparison.ts'
import type { RecordTest } from './record.ts'

/** `*` when the claim need only be there; a comparison with a number; else a part of its value, or of one of them. */
export function claimTest(path: string, value: string): RecordTest {
  const compare = comparison(value, /^\d{1,15}$/)
  const part = value.toLowerCase()
  return ({ jwt }) => {
    const claim = claimAt(jwt, path)
    if (claim === undefined || value === '*') return claim !== undefined
    const values = Array.isArray(claim) ? claim : [claim]
    return values.some((one: unknown) =>
      typeof one === 'number' && compare !== undefined
        ? compare(one)
        : (typeof one === 'string' ? one : JSON.stringify(one)).toLowerCase().includes(part),
    )
  }
}

/** The claim of that name, or the member of a member that the dots lead to. */
function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  const names = Object.keys(claims)
  const whole = names.find((name) => name.toLowerCase() === path)
  if (whole !== undefined) return (claims as Record<string, unknown>)[whole]
  const dot = path.indexOf('.')
  return dot < 0 ? undefined : claimAt(claimAt(claims, path.slice(0, dot)), path.slice(dot + 1))
}
