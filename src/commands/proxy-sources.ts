import { readFile } from 'node:fs/promises'
import { publishedAddresses, publishedLists } from '../core/clients/addresses.ts'
import { parseJson } from '../core/wire/json.ts'
import { UserError } from '../errors.ts'
import { isRange } from '../tap/wire/sources.ts'

/** The ranges that `--from` names: one itself, those of a maker, or those of a file that a maker publishes. */
export async function readRanges(values: readonly string[]): Promise<string[]> {
  return (await Promise.all(values.map(rangesOf))).flat()
}

async function rangesOf(value: string): Promise<readonly string[]> {
  if (isRange(value)) return [value]
  const published = Object.hasOwn(publishedAddresses, value) ? publishedAddresses[value] : undefined
  if (published !== undefined) return published.ranges
  const list = Object.hasOwn(publishedLists, value) ? publishedLists[value] : undefined
  if (list !== undefined)
    throw new UserError(
      'EUSAGE',
      `--from ${value}: its list of addresses changes too often for a copy to be true.`,
      `Fetch it with curl -O ${list}, and give --from ${list.slice(list.lastIndexOf('/') + 1)}.`,
    )
  const ranges = listed(await readFile(value, 'utf8').catch(() => undefined))
  if (ranges === undefined || ranges.length === 0)
    throw new UserError(
      'EUSAGE',
      `--from ${value} is neither an address nor a file that lists some.`,
      'Give a range such as 203.0.113.0/24, claude, or a file such as https://openai.com/chatgpt-connectors.json.',
    )
  return ranges
}

/** As OpenAI, Google and others write it: `{"prefixes":[{"ipv4Prefix":"…"}]}`. */
function listed(text: string | undefined): string[] | undefined {
  const json =
    text === undefined ? undefined : (parseJson(text) as { prefixes?: unknown } | undefined)
  if (!Array.isArray(json?.prefixes)) return undefined
  return json.prefixes
    .flatMap((entry: unknown) => Object.values((entry ?? {}) as Record<string, unknown>))
    .filter((range): range is string => typeof range === 'string' && isRange(range))
}
