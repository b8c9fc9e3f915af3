import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Exchange } from '../../core/wire/exchange.ts'
import { fromEntry } from '../../core/har/read.ts'
import { toEntry } from '../../core/har/write.ts'
import { objectMember, parseJson, stringMember } from '../../core/wire/json.ts'
import type { JsonObject } from '../../core/wire/json.ts'
import { replaceFile } from '../../part-file.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { StepKind } from '../../core/step/step.ts'
import type { LastScan } from './last-scan.ts'

type Redact = (exchange: Exchange) => Safe<Exchange>

/**
 * Writes a HAR file of ours anew, its entries redacted by what is known by now: a value may have been quoted before it
 * stood anywhere by its name. Each entry stands on a line of its own.
 */
export async function writeAgain(
  path: string,
  mode: number,
  scan: LastScan,
  redact: Redact = (exchange) => exchange as Safe<Exchange>,
): Promise<void> {
  await mapLines(path, mode, (line) =>
    line.startsWith(entryBegin) ? again(line, scan, redact) : scan.clean(line),
  )
}

/** Writes a file anew line by line; lines that become undefined are left out. Throws as the system does. */
export async function mapLines(
  path: string,
  mode: number,
  map: (line: string) => string | undefined,
): Promise<void> {
  await replaceFile(path, mode, async ({ file }) => {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
    for await (const line of lines) {
      const mapped = map(line)
      if (mapped !== undefined) await file.appendFile(`${mapped}\n`)
    }
    return true
  })
}

const entryBegin = '{"startedDateTime":'

function again(line: string, scan: LastScan, redact: Redact): string {
  const separator = line.endsWith(',') ? ',' : ''
  const text = separator === '' ? line : line.slice(0, -1)
  const entry = parseJson(text) as JsonObject
  const exchange = fromEntry(entry, 0)
  if (exchange === undefined) return cleanEntry(text, scan) + separator
  const own = objectMember(entry, '_authtap')
  const step = stringMember(own, 'step') as StepKind | undefined
  const flow = stringMember(own, 'flow')
  const known = { ...(step === undefined ? {} : { step }), ...(flow === undefined ? {} : { flow }) }
  return cleanEntry(JSON.stringify(toEntry(redact(exchange), known)), scan) + separator
}

/** An entry without a secret; where that cannot be had, one that says so in its place. */
export function cleanEntry(entry: string, scan: LastScan | undefined): string {
  if (scan === undefined) return entry
  return scan.cleanJson(entry) ?? JSON.stringify(leftOut)
}

const leftOut = {
  startedDateTime: '1970-01-01T00:00:00.000Z',
  time: 0,
  request: {
    method: 'GET',
    url: 'about:blank',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [],
    queryString: [],
    headersSize: -1,
    bodySize: -1,
  },
  response: {
    status: 0,
    statusText: '',
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: [],
    content: { size: 0, mimeType: '' },
    redirectURL: '',
    headersSize: -1,
    bodySize: -1,
  },
  cache: {},
  timings: { send: 0, wait: 0, receive: 0 },
  comment: 'Left out: a secret went across the parts of this entry.',
}
