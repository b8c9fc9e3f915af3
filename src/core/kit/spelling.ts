import type { JsonObject } from '../wire/json.ts'

/** A member of a document that was probably meant to be this one. */
export function misspelt(document: JsonObject, name: string): string | undefined {
  return Object.keys(document)
    .slice(0, 500)
    .find((key) => key !== name && isSlip(plain(key), plain(name)))
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

/** Differs by one letter that is lacking, too many or another, or by two that changed places. */
function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const [restA, restB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (restA.length <= 1 && restB.length <= 1) return true
  return restA.length === 2 && restA === [...restB].reverse().join('')
}
