import type { Offer } from './offer.ts'

/** Lines such as `  Codex   codex mcp add …`, taken apart into the client and what it needs; headings are left out. */
export function setupOffers(lines: readonly string[]): Offer[] {
  return lines.flatMap((line) => {
    const [, label, text] = /^\s+(\S{1,40}(?: \S{1,40})?) {2,}(\S.*)$/.exec(line) ?? []
    return label === undefined || text === undefined ? [] : [{ label, text }]
  })
}
