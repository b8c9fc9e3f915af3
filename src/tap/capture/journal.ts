import { createReadStream } from 'node:fs'
import type { JsonObject } from '../../core/wire/json.ts'
import type { Exchange } from '../../core/wire/exchange.ts'
import { fromEntry } from '../../core/har/read.ts'
import { type JournalCall, journalSchema } from '../../core/har/journal-line.ts'
import { likeModel } from '../../core/verdict/event.ts'
import { callOf } from './journal-call.ts'
import { BoundedMap } from '../../core/wire/bounded-map.ts'
import {
  isObject,
  member,
  objectMember,
  parseJson,
  stringMember,
  stringsMember,
} from '../../core/wire/json.ts'
import { isLabel } from '../../core/wire/label.ts'
import type { CaptureBytes } from './bytes.ts'
import { CaptureIndex, type Place } from './index-of-entries.ts'
import type { Capture, CaptureOutcome } from './capture.ts'
import { unreadable } from './unreadable.ts'

/** A longer line was not written by us. */
const lineLimit = 256 * 1024 * 1024

/** Whether a capture that begins like this is a journal, of whatever version. */
export function isJournal(opening: string): boolean {
  return /^\ufeff?\{"schema":"authtap\.journal\//.test(opening)
}

/**
 * Goes through a journal, also one whose writer was killed or still writes: a line that is cut off or damaged is left out
 * and said. It is complete when the session ended in order and no line is missing; `authtap` is as in a HAR file of ours:
 * labels, report (or what was found until the end), and targets. Throws UserError (ECAPTURE) for a version that is not
 * known here.
 */
export async function openJournal(
  bytes: CaptureBytes,
  chunks: AsyncIterable<Buffer>,
  name: string,
  prefix: string,
): Promise<Capture> {
  const session = new Lines(bytes, prefix)
  let damaged = 0
  let first = true
  for await (const line of linesOf(chunks)) {
    const value = parseJson(line.bytes.toString())
    if (first) checkVersion(value, name)
    first = false
    if (!isObject(value) || !session.add(value, line)) damaged += 1
  }
  const outcome = (): CaptureOutcome => {
    const ended = session.report !== undefined
    const bad = damaged + session.unread
    return {
      complete: ended && bad === 0 && session.lost === 0,
      problems: [
        ...(ended
          ? []
          : [
              `${name}: the session still runs or was cut short; authtap read what it had written.`,
            ]),
        ...(bad > 0 ? [`${name}: ${count(bad, 'line is', 'lines are')} damaged.`] : []),
        ...(session.lost > 0
          ? [`${name}: ${count(session.lost, 'line was', 'lines were')} not written.`]
          : []),
      ],
    }
  }
  return {
    authtap: session.facts(),
    size: session.size,
    exchanges: () => session.exchanges(),
    lines: () => Promise.resolve(new Map()),
    outcome,
    close: () => bytes.close(),
  }
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`
}

function checkVersion(head: unknown, name: string): void {
  if (isObject(head) && member(head, 'schema') === journalSchema) return
  throw isObject(head)
    ? unreadable(name, 'another version of authtap wrote it', 'Use that version of authtap.')
    : unreadable(name, 'its first line is cut off or damaged')
}

/** What the lines of one journal add up to. */
class Lines {
  report: JsonObject | undefined
  lost = 0
  /** Lines that were not there any more when their exchanges were read. */
  unread = 0
  #targets: readonly string[] = []
  #number = 0
  readonly #bytes: CaptureBytes
  readonly #prefix: string
  readonly #index = new CaptureIndex()
  /** The slot of each exchange in the index. */
  readonly #slots = new Map<string, number>()
  /** Exchanges that calls are like, as they were read last. */
  readonly #models = new BoundedMap<Exchange>(100)
  readonly #labels = new Map<string, JsonObject>()
  readonly #findings = new Map<string, JsonObject>()

  constructor(bytes: CaptureBytes, prefix: string) {
    this.#bytes = bytes
    this.#prefix = prefix
  }

  /** False when the line is not what a line should be. Lines of a kind unknown here are passed over. */
  add(line: JsonObject, { at, bytes }: Line): boolean {
    if (Object.hasOwn(line, 'entry') || Object.hasOwn(line, 'like'))
      return this.#exchange(line, at, bytes)
    const finding = member(line, 'finding')
    if (finding !== undefined) return this.#finding(finding)
    for (const [label, facts] of Object.entries(objectMember(line, 'labels') ?? {}))
      if (isLabel(label) && isObject(facts)) this.#labels.set(label, facts)
    this.#findings.delete(stringMember(line, 'withdrawn') ?? '')
    const lost = member(line, 'lost')
    if (typeof lost === 'number' && lost > 0) this.lost += lost
    this.#targets = stringsMember(line, 'targets') ?? this.#targets
    this.report = objectMember(line, 'report') ?? this.report
    return true
  }

  #exchange(line: JsonObject, at: number, bytes: Buffer): boolean {
    const number = this.#number
    this.#number += 1
    const known =
      member(line, 'like') === undefined ? fromEntry(line['entry'], number) : callOf(line)
    if (known === undefined) return false
    const { id, startedAt } = known
    const place: Place = { at, length: bytes.length, startedAt, number }
    const slot = this.#slots.get(id)
    if (slot === undefined) this.#slots.set(id, this.#index.add(place))
    else this.#index.replace(slot, place)
    this.#bytes.keep(at, bytes)
    return true
  }

  #finding(finding: unknown): boolean {
    if (!isFinding(finding)) return false
    this.#findings.set(stringMember(finding, 'id')!, finding)
    return true
  }

  get size(): number {
    return this.#index.count
  }

  async *exchanges(): AsyncGenerator<Exchange, void, void> {
    this.unread = 0
    for (const { at, length, number } of this.#index.places()) {
      const exchange = await this.#read(at, length, number)
      if (exchange === undefined) this.unread += 1
      else yield exchange
    }
  }

  async #read(at: number, length: number, number: number): Promise<Exchange | undefined> {
    const line = parseJson((await this.#bytes.read(at, length)).toString())
    if (!isObject(line)) return undefined
    if (!Object.hasOwn(line, 'like'))
      return fromEntry(line['entry'], number, { prefix: this.#prefix })
    const call = callOf(line)
    const model = call === undefined ? undefined : await this.#modelOf(call)
    if (call === undefined || model === undefined) return undefined
    return likeModel({ ...call, id: this.#prefix + call.id }, model)
  }

  /** The exchange that a call is like. Calls of one sort come in rows. */
  async #modelOf({ like }: JournalCall): Promise<Exchange | undefined> {
    const known = this.#models.get(like)
    if (known !== undefined) return known
    const slot = this.#slots.get(like)
    if (slot === undefined) return undefined
    const { at, length, number } = this.#index.place(slot)
    const line = parseJson((await this.#bytes.read(at, length)).toString())
    const model = isObject(line)
      ? fromEntry(member(line, 'entry'), number, { prefix: this.#prefix })
      : undefined
    if (model !== undefined) this.#models.set(like, model)
    return model
  }

  facts(): JsonObject {
    const reported = member(this.report, 'findings')
    const findings = Array.isArray(reported)
      ? reported.filter(isFinding)
      : [...this.#findings.values()]
    return {
      schema: journalSchema,
      targets: this.#targets,
      labels: Object.fromEntries(this.#labels),
      report: { ...this.report, findings },
    }
  }
}

const severities = new Set<unknown>(['error', 'warning', 'info'])

/** Whether a finding can be shown: what is recorded may have been edited. */
function isFinding(finding: unknown): finding is JsonObject {
  if (!isObject(finding) || !severities.has(finding['severity'])) return false
  const texts = ['id', 'rule', 'title', 'message', 'why', 'remedy', 'fault', 'flow']
  return (
    texts.every((name) => typeof member(finding, name) === 'string') &&
    ['spec', 'evidence'].every((name) => {
      const list = member(finding, name)
      return Array.isArray(list) && list.every(isObject)
    })
  )
}

export interface JournalSummary {
  readonly targets: readonly string[]
  readonly exchanges: number
  /** Undefined when the session has no report: it did not end in order, or still runs. */
  readonly verdict: string | undefined
}

/** What a list of sessions says of a journal. Exchanges are counted, not read. Rejects as the file system does. */
export async function summarizeJournal(path: string): Promise<JournalSummary> {
  const ids = new Set<string>()
  let targets: readonly string[] | undefined
  let verdict: string | undefined
  const chunks = createReadStream(path, { highWaterMark: 1024 * 1024 })
  for await (const { bytes } of linesOf(chunks)) {
    const begin = bytes.toString('latin1', 0, 200)
    const id = /^\{"id":"([^"\\]{1,100})"/.exec(begin)?.[1]
    // The last line may be cut off.
    if (id !== undefined && bytes.at(-1) === closingBrace) ids.add(id)
    else if (targets === undefined) targets = stringsMember(parsed(bytes), 'targets') ?? []
    else if (begin.startsWith('{"report":'))
      verdict = stringMember(objectMember(parsed(bytes), 'report'), 'verdict')
  }
  return { targets: targets ?? [], exchanges: ids.size, verdict }
}

function parsed(bytes: Buffer): JsonObject | undefined {
  const value = parseJson(bytes.toString())
  return isObject(value) ? value : undefined
}

const newline = 0x0a
const closingBrace = 0x7d

interface Line {
  /** Where it begins, in bytes of the file. */
  readonly at: number
  readonly bytes: Buffer
}

/** The lines that are not empty. Of one that is too long, what is there comes to nothing that can be read. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line, void, void> {
  let parts: Buffer[] = []
  let size = 0
  let at = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      size += end - from
      if (size > lineLimit) yield { at, bytes: tooLong }
      else if (size > 0) yield { at, bytes: Buffer.concat([...parts, chunk.subarray(from, end)]) }
      parts = []
      at += size + 1
      size = 0
      from = end + 1
    }
    size += chunk.length - from
    if (size <= lineLimit) parts.push(chunk.subarray(from))
    else parts = []
  }
  if (size > 0) yield { at, bytes: size > lineLimit ? tooLong : Buffer.concat(parts) }
}

const tooLong = Buffer.from('…')
