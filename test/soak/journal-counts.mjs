import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** How often the journal has each request, by method and path, and how many exchanges it has. */
export function journalCounts(folder) {
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'),
  )
  const names = new Map()
  let report
  for (const line of lines) {
    const { id, entry, like, report: last } = JSON.parse(line)
    if (entry !== undefined)
      names.set(id, `${entry.request.method} ${new URL(entry.request.url).pathname}`)
    if (like !== undefined) names.set(id, names.get(like))
    report = last ?? report
  }
  const counts = new Map()
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return { counts, exchanges: names.size, report }
}
