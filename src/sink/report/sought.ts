import type { Report } from '../../core/verdict/report.ts'

/** A document that is not where it was looked for, in the words of a step's summary. */
const notThere = /: (?:404|410)$/

/**
 * Exchanges in which a client looked for metadata where there was none, and which no finding minds: it looks in several
 * places (RFC 8414 §3.1, RFC 9728 §3.1), so that is no failure.
 */
export function soughtInVain({ flows, findings }: Report): ReadonlySet<string> {
  const minded = new Set(
    findings
      .filter(({ severity }) => severity !== 'info')
      .flatMap(({ evidence }) => evidence.map(({ exchange }) => exchange)),
  )
  const sought = flows
    .flatMap(({ steps }) => steps)
    .filter(({ kind }) => kind === 'resource-metadata' || kind === 'server-metadata')
    .filter(({ ok, summary, exchange }) => !ok && notThere.test(summary) && !minded.has(exchange))
  return new Set(sought.map(({ exchange }) => exchange))
}
