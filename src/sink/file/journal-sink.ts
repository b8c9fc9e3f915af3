import type { Event, ExchangeEvent } from '../../core/verdict/event.ts'
import { toEntry } from '../../core/har/write.ts'
import { type JournalHead, type JournalLine, journalSchema } from '../../core/har/journal-line.ts'
import type { Redactor, Safe } from '../../core/redact/redactor.ts'
import { version } from '../../version.ts'
import type { JournalFile } from './journal.ts'
import { NewLabels } from './new-labels.ts'
import { LastScan } from './last-scan.ts'
import { leaksInFile } from './leaks-in-file.ts'
import { mapLines } from './rewrite.ts'

/** Why something, or everything from now on, is missing in the journal. Each is told once. */
export interface JournalTrouble {
  readonly code: 'journal-off' | 'journal-leak' | 'journal-full'
  readonly level: 'warning'
  readonly text: string
}

export interface JournalOptions {
  /** Opens the file, once there is something to write. */
  readonly open: () => JournalFile
  /** Where that file is, to be cleaned at the end of what turned out to be a secret late. */
  readonly path?: string
  readonly redactor: Redactor
  readonly targets: readonly string[]
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly trouble: (trouble: JournalTrouble) => void
  /** Bytes after which only the report is written. */
  readonly sizeLimit?: number
  /** Characters that may wait for a slow disk; lines beyond are lost. */
  readonly waitingLimit?: number
}

const defaultSizeLimit = 500 * 1024 * 1024
const defaultWaitingLimit = 64 * 1024 * 1024
/** Characters that are searched for secrets in one go. */
const batchSize = 256 * 1024

/** A disk that once takes longer than this is not waited for again, in milliseconds. */
const slowDisk = 50
/** So often it is looked whether the file is still there, in milliseconds. */
const lookInterval = 1000

interface Open {
  event: Safe<ExchangeEvent>
  /** Bytes of the response body when it was last written; undefined when it was not. */
  written: number | undefined
}

/**
 * Writes the session down while it happens, line by line, so that whatever ends the process takes at most the exchange in
 * flight with it, and calls like others of the last moment: what is told in one turn of the event loop is with the system at the end of that turn. That is quicker
 * than to have it written beside us, as long as the disk is; once it was slow, nothing waits for it any more and lines
 * queue up. A disk that fails turns the journal off.
 */
export class JournalSink {
  readonly name = 'The journal'
  readonly calls = true
  readonly #options: JournalOptions
  readonly #open = new Map<string, Open>()
  readonly #told = new Set<JournalTrouble['code']>()
  readonly #labels: NewLabels
  readonly #scan: LastScan
  #file: JournalFile | undefined
  #waiting: string[] = []
  #waitingSize = 0
  #writing: Promise<void> | undefined
  #size = 0
  #lost = 0
  #off = false
  #slow = false
  #looked = 0
  #report: string | undefined

  constructor(options: JournalOptions) {
    this.#options = options
    this.#labels = new NewLabels(options.redactor)
    this.#scan = new LastScan(options.redactor)
  }

  event(event: Safe<Event>): void {
    if (this.#off) return
    switch (event.type) {
      case 'exchange':
        return this.#exchange(event.exchange as Safe<ExchangeEvent>)
      case 'calls': {
        const { model, calls } = event.calls
        const like = model.exchange.id
        for (const { id, exchange: _exchange, ...call } of calls) this.#put({ id, like, ...call })
        return
      }
      case 'finding':
        return this.#put({ finding: event.finding })
      case 'finding-withdrawn':
        return this.#put({ withdrawn: event['finding-withdrawn'].id })
      case 'report':
        for (const { event: open } of this.#open.values()) this.#write(open)
        this.#open.clear()
        this.#report = textOf({ report: event.report })
        return
      // The report tells them in the end.
      case 'flow':
      case 'rule-crashed':
    }
  }

  /** Writes the report and closes the file. Never rejects. */
  async close(): Promise<void> {
    await this.#idle()
    // A session without an exchange leaves no file.
    if (this.#file === undefined || this.#off) return
    const lost = this.#lost === 0 ? [] : [textOf({ lost: this.#lost })]
    await this.#append([...lost, ...(this.#report === undefined ? [] : [this.#report])])
    if (this.#off) return
    this.#file.close()
    await this.#cleanFile()
  }

  /** A value may have turned out to be a secret after it was written down. */
  async #cleanFile(): Promise<void> {
    const { path } = this.#options
    const leaks = (text: string) => this.#scan.leaks(text)
    try {
      if (path === undefined || !(await leaksInFile(path, leaks))) return
      await mapLines(path, 0o600, (line) => this.#scan.cleanJson(line))
    } catch (error) {
      this.#tell(
        'journal-leak',
        `A value that turned out to be a secret late stays in the journal, which could not be written anew (${(error as NodeJS.ErrnoException).code}).`,
      )
    }
  }

  #exchange(event: Safe<ExchangeEvent>): void {
    const { id, endedAt, response } = event.exchange
    if (endedAt !== undefined) {
      this.#open.delete(id)
      this.#write(event)
      return
    }
    const open = this.#open.get(id)
    if (open === undefined) {
      this.#open.set(id, { event, written: undefined })
      return
    }
    open.event = event
    // A stream that lasts is written each time it has doubled: seldom enough to cost little, and what is lost is no more
    // than what is kept.
    const size = response?.body.bytes.length ?? 0
    if (open.written !== undefined && size < 2 * open.written) return
    open.written = size
    this.#write(event)
  }

  #write({ exchange, step, flow }: ExchangeEvent): void {
    this.#put({ id: exchange.id, entry: toEntry(exchange, { step: step.kind, flow }) })
  }

  #put(line: JournalLine): void {
    const { waitingLimit = defaultWaitingLimit } = this.#options
    const text = textOf(line)
    if (this.#waitingSize + text.length > waitingLimit) {
      this.#lost += 1
      return
    }
    this.#waiting.push(text)
    this.#waitingSize += text.length
    this.#writing ??= this.#drain()
  }

  async #idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  async #drain(): Promise<void> {
    // Whatever is told in this turn goes out together.
    await Promise.resolve()
    for (let first = true; this.#waiting.length > 0 && !this.#off; first = false) {
      // Traffic has its turn before more is looked through.
      if (!first) await new Promise(setImmediate)
      const lines = this.#next()
      if (this.#hasRoom()) await this.#append(lines)
      else this.#lost += lines.length
    }
    this.#writing = undefined
  }

  /** As many lines as are looked through without holding up traffic. */
  #next(): string[] {
    let size = 0
    const more = this.#waiting.findIndex((line) => (size += line.length) > batchSize)
    const lines = this.#waiting.splice(0, more < 0 ? this.#waiting.length : Math.max(more, 1))
    this.#waitingSize -= lines.reduce((sum, line) => sum + line.length, 0)
    return lines
  }

  #hasRoom(): boolean {
    const { sizeLimit = defaultSizeLimit } = this.#options
    if (this.#size < sizeLimit) return true
    this.#tell(
      'journal-full',
      `The journal of this session has reached ${Math.round(sizeLimit / 1024 / 1024)} MB; authtap does not record what follows.`,
    )
    return false
  }

  async #append(lines: readonly string[]): Promise<void> {
    try {
      const head = this.#file === undefined ? [textOf(this.#head())] : []
      const text = this.#clean([...head, ...this.#labels.lines(lines), ...lines])
      this.#file ??= this.#options.open()
      this.#look(this.#file)
      this.#size += text.length
      if (this.#slow) return await this.#file.append(text)
      const began = performance.now()
      this.#file.write(text)
      this.#slow = performance.now() - began > slowDisk
    } catch (error) {
      this.#turnOff(error)
    }
  }

  /** A file without a name can be written to for long, and nobody will ever read it. */
  #look(file: JournalFile): void {
    const now = performance.now()
    if (now - this.#looked < lookInterval) return
    this.#looked = now
    if (file.removed()) throw Object.assign(new Error(), { code: 'its file was removed' })
  }

  #head(): Safe<JournalHead> {
    const { targets, startedAt, redactor } = this.#options
    return redactor.value({
      schema: journalSchema,
      tool: { name: 'authtap', version },
      targets,
      startedAt: new Date(startedAt).toISOString(),
      redacted: true,
    })
  }

  /** The lines without a secret. What is known as one only now was learnt after the line was made. */
  #clean(lines: readonly string[]): string {
    const all = lines.join('')
    if (!this.#scan.leaks(all)) return all
    const clean = lines.flatMap((line) => this.#scan.cleanJson(line.trimEnd()) ?? [])
    this.#lost += lines.length - clean.length
    return clean.map((line) => `${line}\n`).join('')
  }

  #turnOff(error: unknown): void {
    this.#off = true
    this.#open.clear()
    this.#waiting = []
    const { code = 'an unknown error' } = error as NodeJS.ErrnoException
    this.#tell(
      'journal-off',
      `authtap no longer records this session: it cannot write the journal (${code}). Traffic goes on.`,
    )
    try {
      this.#file?.close()
    } catch {
      // It was of no use already.
    }
  }

  #tell(code: JournalTrouble['code'], text: string): void {
    if (this.#told.has(code)) return
    this.#told.add(code)
    this.#options.trouble({ code, level: 'warning', text })
  }
}

function textOf(line: JournalLine | JournalHead): string {
  return `${JSON.stringify(line)}\n`
}
