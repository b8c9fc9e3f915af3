import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Exchange } from '../../core/wire/exchange.ts'
import { fromEntry } from '../../core/har/read.ts'
import { toEntry } from '../../core/har/write.ts'
import { objectMember, parseJson, stringMember } from '../../core/wire/json.ts'
import type { JsonObject } from '../../core/wire/json.ts'
import { replaceFile } from '../../part-file.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { StepKind } from '../../core/step/step.ts'

/**
 * Writes a HAR file of ours anew, its entries redacted by what is known by now: a value may have been quoted before it
 * stood anywhere by its name. Each entry stands on a line of its own.
 */
export async function writeAgain(
  path: string,
  mode: number,
  redact: (exchange: Exchange) => Safe<Exchange>,
): Promise<void> {
  await replaceFile(path, mode, async ({ file }) => {
    await rewrite(path, file, redact)
    return true
  })
}

async function rewrite(
  from: string,
  file: FileHandle,
  redact: (exchange: Exchange) => Safe<Exchange>,
): Promise<void> {
  const lines = createInterface({ input: createReadStream(from), crlfDelay: Infinity })
  for await (const line of lines)
    await file.appendFile(`${line.startsWith(entryBegin) ? again(line, redact) : line}\n`)
}

const entryBegin = '{"startedDateTime":'

function again(line: string, redact: (exchange: Exchange) => Safe<Exchange>): string {
  const separator = line.endsWith(',') ? ',' : ''
  const entry = parseJson(separator === '' ? line : line.slice(0, -1)) as JsonObject
  const exchange = fromEntry(entry, 0)
  if (exchange === undefined) return line
  const own = objectMember(entry, '_authtap')
  const step = stringMember(own, 'step') as StepKind | undefined
  const flow = stringMember(own, 'flow')
  const known = { ...(step === undefined ? {} : { step }), ...(flow === undefined ? {} : { flow }) }
  return JSON.stringify(toEntry(redact(exchange), known)) + separator
}
