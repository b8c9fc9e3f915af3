import type { Evidence } from '../../core/verdict/report.ts'

/** What stands in one place of one or more exchanges. */
export interface PlaceOfEvidence extends Omit<Evidence, 'exchange'> {
  readonly exchanges: readonly string[]
}

/** Evidence told once: what is the same in several exchanges, as with each refreshed token, is one place. */
export function placesOf(evidence: readonly Evidence[]): PlaceOfEvidence[] {
  const places = new Map<string, PlaceOfEvidence>()
  for (const { exchange, ...place } of evidence) {
    const key = JSON.stringify([place.at, place.text, place.note])
    const known = places.get(key)
    const exchanges = known === undefined ? [exchange] : [...known.exchanges, exchange]
    places.set(key, { ...(known ?? place), exchanges: [...new Set(exchanges)] })
  }
  return [...places.values()]
}
