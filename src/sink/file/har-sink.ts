import type { Event, ExchangeEvent } from '../../core/verdict/event.ts'
import type { Redactor, Safe } from '../../core/redact/redactor.ts'
import type { Signature } from '../../core/wire/signature.ts'
import { BoundedMap } from '../../core/wire/bounded-map.ts'
import { type HarWriter, openHarFile } from './har.ts'
import { LastScan } from './last-scan.ts'
import { version } from '../../version.ts'

const writtenLimit = 10_000

/**
 * Saves the capture as HAR while it happens. An exchange is written when it has ended; one that is still open when the
 * session ends is written as far as it went.
 */
export class HarSink {
  readonly name = 'The HAR file'
  readonly #file: HarWriter
  readonly #redactor: Redactor
  readonly #closed: () => void
  readonly #open = new Map<string, Safe<ExchangeEvent>>()
  /** An exchange comes again when it turns out to belong to another flow; it is in the file already. */
  readonly #written = new BoundedMap<true>(writtenLimit)
  readonly #signatures = new BoundedMap<readonly Signature[]>(writtenLimit)
  #finished: Promise<void> | undefined

  private constructor(file: HarWriter, redactor: Redactor, closed: () => void) {
    this.#file = file
    this.#redactor = redactor
    this.#closed = closed
  }

  /** Throws UserError (EOUTPUT) when the file cannot be written. */
  static async open(
    path: string,
    redactor: Redactor,
    options: {
      withSecrets: boolean
      inputs?: readonly string[]
      /** Is told, in a sentence, what the last scan had to blank. */
      blanked?: (text: string) => void
    },
  ): Promise<HarSink> {
    const scan = new LastScan(redactor)
    const file = await openHarFile(
      path,
      { version, redacted: !options.withSecrets },
      {
        scan,
        again: (exchange) => redactor.exchange(exchange),
        ...(options.inputs === undefined ? {} : { inputs: options.inputs }),
      },
    )
    return new HarSink(file, redactor, () => {
      const text = scan.told(path)
      if (text !== undefined) options.blanked?.(text)
    })
  }

  event(event: Safe<Event>): void {
    if (event.type === 'exchange') this.#exchange(event.exchange as Safe<ExchangeEvent>)
    if (event.type !== 'report') return
    for (const exchange of this.#open.values()) this.#write(exchange)
    this.#finished = this.#file.finish({
      report: event.report,
      labels: this.#redactor.facts(),
      ...(this.#signatures.size === 0 ? {} : { signatures: Object.fromEntries(this.#signatures) }),
    })
    // Told at the close; until then nobody waits for it.
    this.#finished.catch(() => {})
  }

  ready(): Promise<void> | undefined {
    return this.#file.ready()
  }

  #exchange(event: Safe<ExchangeEvent>): void {
    const { id, endedAt } = event.exchange
    if (endedAt === undefined) {
      this.#open.set(id, event)
      return
    }
    this.#open.delete(id)
    if (this.#written.has(id)) return this.#late(event)
    this.#written.set(id, true)
    this.#write(event)
  }

  /** Keys may come after what they sign: then the entry is written, and what was found stands at the end of the file. */
  #late({ exchange: { id, signatures } }: Safe<ExchangeEvent>): void {
    if (signatures !== undefined) this.#signatures.set(id, signatures)
  }

  #write({ exchange, step, flow }: Safe<ExchangeEvent>): void {
    void this.#file.write(exchange as typeof exchange & Safe<typeof exchange>, {
      step: step.kind,
      flow,
    })
  }

  async close(): Promise<void> {
    if (this.#finished === undefined) return this.#file.discard()
    await this.#finished
    this.#closed()
  }
}
