import { open, rename, rm } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import type { Event } from '../core/event.ts'
import { harSchema, toEntry } from '../core/har.ts'
import type { Redactor, Safe } from '../core/redact.ts'
import { UserError } from '../errors.ts'
import { version } from '../version.ts'

/**
 * Saves the capture as HAR 1.2 while it happens: beside the target, renamed when it is whole. Each entry is searched for
 * every secret seen before it is written; one hit and the file is not released.
 */
export class HarSink {
  readonly #path: string
  readonly #part: string
  readonly #redactor: Redactor
  readonly #open: boolean
  readonly #file: Promise<FileHandle>
  /** Entries of exchanges that have not ended: written at their end, or at ours. */
  readonly #unfinished = new Map<string, Extract<Event, { type: 'exchange' }>['exchange']>()
  #chain: Promise<void>
  #waiting: string[] = []
  #count = 0
  #leak: string | undefined
  #failure: unknown

  constructor(path: string, redactor: Redactor, withSecrets: boolean) {
    this.#path = path
    this.#part = `${path}.${process.pid}.part`
    this.#redactor = redactor
    this.#open = withSecrets
    this.#file = open(this.#part, 'w', withSecrets ? 0o600 : 0o644)
    const head = JSON.stringify({
      version: '1.2',
      creator: { name: 'authtap', version },
      pages: [],
    })
    this.#chain = this.#file.then(
      async (file) => {
        await file.write(`{"log":${head.slice(0, -1)},"entries":[\n`)
      },
      (error: unknown) => {
        this.#failure = error
      },
    )
  }

  event(event: Safe<Event>): void {
    if (event.type === 'report') this.#finish(event)
    if (event.type !== 'exchange') return
    const { exchange } = event
    if (exchange.exchange.endedAt === undefined)
      this.#unfinished.set(exchange.exchange.id, exchange)
    else {
      this.#unfinished.delete(exchange.exchange.id)
      this.#entry(exchange)
    }
  }

  #entry({ exchange, step, flow }: Extract<Event, { type: 'exchange' }>['exchange']): void {
    const text = JSON.stringify(toEntry(exchange, { step: step.kind, flow }))
    this.#write(`${this.#count === 0 ? '' : ',\n'}${text}`)
    this.#count += 1
  }

  #finish({ report }: Extract<Event, { type: 'report' }>): void {
    for (const exchange of this.#unfinished.values()) this.#entry(exchange)
    const own = { schema: harSchema, redacted: !this.#open, report, labels: this.#redactor.facts() }
    this.#write(`\n],"_authtap":${JSON.stringify(own)}}}\n`)
  }

  #write(text: string): void {
    this.#leak ??= this.#redactor.leaks(text)
    this.#waiting.push(text)
    if (this.#waiting.length > 1) return
    this.#chain = this.#chain.then(async () => {
      const chunk = this.#waiting.splice(0).join('')
      if (this.#failure !== undefined || this.#leak !== undefined) return
      try {
        await (await this.#file).write(chunk)
      } catch (error) {
        this.#failure = error
      }
    })
  }

  async close(): Promise<void> {
    await this.#chain
    if (this.#failure === undefined) await (await this.#file).close()
    if (this.#leak !== undefined || this.#failure !== undefined)
      await rm(this.#part, { force: true })
    if (this.#leak !== undefined)
      throw new UserError(
        'ELEAK',
        `${this.#path} was not written: a secret (${this.#leak}) was left in it.`,
        'This is a bug in authtap; please report it.',
      )
    if (this.#failure !== undefined)
      throw new UserError(
        'EOUTPUT',
        `${this.#path} cannot be written (${(this.#failure as NodeJS.ErrnoException).code}).`,
        'Give another --har.',
      )
    await rename(this.#part, this.#path)
  }
}
