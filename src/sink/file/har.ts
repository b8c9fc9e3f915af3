import type { Exchange } from '../../core/wire/exchange.ts'
import { harSchema, toEntry } from '../../core/har/write.ts'
import type { LogFacts } from '../../core/har/entry.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { StepKind } from '../../core/step/step.ts'
import { UserError } from '../../errors.ts'
import { type PartFile, openTarget } from '../../part-file.ts'
import type { LastScan } from './last-scan.ts'
import { cleanEntry, writeAgain } from './rewrite.ts'
import { leaksInFile } from './leaks-in-file.ts'
import { isSameFile, leak, unwritable } from './whole.ts'

export interface HarHead {
  /** authtap's own. */
  readonly version: string
  /** False: the file holds secrets in the clear. It says so, and only its owner may read it. */
  readonly redacted: boolean
}

export interface HarFileOptions {
  /**
   * Cleans each entry on its way to the file, and all of them again at the end: a value may turn out to be a secret after it
   * was written.
   */
  readonly scan?: LastScan
  /** Redacts an exchange that was written before, by what is known by now. */
  readonly again?: (exchange: Exchange) => Safe<Exchange>
  /** Files that are read meanwhile and must not be overwritten. */
  readonly inputs?: readonly string[]
}

export interface HarWriter {
  /** Resolves when there is room for more; whoever waits for it keeps the queue short. Never rejects: see `finish`. */
  write(exchange: Safe<Exchange>, extras: { step?: StepKind; flow?: string }): Promise<void>
  /** Something to wait for, when so much was written that it is time to. */
  ready(): Promise<void> | undefined
  /** Completes the file and puts it in its place. Rejects with UserError (ELEAK, EOUTPUT), and then there is no file. */
  finish(facts: Pick<LogFacts, 'report' | 'labels' | 'signatures'>): Promise<void>
  /** Gives up: nothing stays behind. */
  discard(): Promise<void>
}

/**
 * Opens a HAR 1.2 file that grows entry by entry beside its target, as `<path>.<pid>.part`, and takes the target's place
 * when it is whole. A link stays a link; what is no plain file, such as a device or a pipe, is written to when the file is
 * whole, from a copy of its own. Throws UserError (EOUTPUT) when it cannot be opened.
 */
export async function openHarFile(
  path: string,
  head: HarHead,
  options: HarFileOptions = {},
): Promise<HarWriter> {
  for (const input of options.inputs ?? [])
    if (await isSameFile(path, input))
      throw new UserError(
        'EOUTPUT',
        `${path} is an input, so authtap does not overwrite it.`,
        'Give the output another name.',
      )
  try {
    return new HarFile(path, await openTarget(path, modeOf(head)), head, options)
  } catch (error) {
    throw unwritable(path, error)
  }
}

function modeOf({ redacted }: HarHead): number {
  return redacted ? 0o644 : 0o600
}

/** Whoever can wait does so when this many characters wait. */
const roomLimit = 1024 * 1024

class HarFile implements HarWriter {
  readonly #path: string
  readonly #part: PartFile
  readonly #head: HarHead
  readonly #scan: LastScan | undefined
  readonly #again: HarFileOptions['again']
  #written: Promise<void> = Promise.resolve()
  #waiting: string[] = []
  #waitingSize = 0
  #first = true
  #fault: UserError | undefined

  constructor(path: string, part: PartFile, head: HarHead, { scan, again }: HarFileOptions) {
    this.#path = path
    this.#part = part
    this.#head = head
    this.#scan = scan
    this.#again = again
    const log = JSON.stringify({
      version: '1.2',
      creator: { name: 'authtap', version: head.version },
      ...(head.redacted ? {} : { comment: 'Holds secrets in the clear. Do not share this file.' }),
      pages: [],
    })
    void this.#put(`{"log":${log.slice(0, -1)},"entries":[\n`)
  }

  write(exchange: Safe<Exchange>, extras: { step?: StepKind; flow?: string }): Promise<void> {
    const separator = this.#first ? '' : ',\n'
    this.#first = false
    return this.#put(separator + cleanEntry(JSON.stringify(toEntry(exchange, extras)), this.#scan))
  }

  ready(): Promise<void> | undefined {
    return this.#waitingSize > roomLimit ? this.#written : undefined
  }

  async finish(facts: Pick<LogFacts, 'report' | 'labels' | 'signatures'>): Promise<void> {
    const own: LogFacts = { schema: harSchema, redacted: this.#head.redacted, ...facts }
    await this.#put(`\n],"_authtap":${this.#clean(JSON.stringify(own))}}}\n`)
    if (this.#fault === undefined) await this.#settle()
    if (this.#fault === undefined) return
    await this.discard()
    throw this.#fault
  }

  async discard(): Promise<void> {
    await this.#written
    await this.#part.discard()
  }

  async #settle(): Promise<void> {
    try {
      await this.#part.file.close()
      if (await this.#isClean()) await this.#part.place()
      else this.#fault = leak(this.#path)
    } catch (error) {
      this.#fault = unwritable(this.#path, error)
    }
  }

  /** Entries stand on lines of their own, so no value is cut in two. */
  async #isClean(): Promise<boolean> {
    const { path } = this.#part
    const scan = this.#scan
    const leaks = (text: string) => scan?.leaks(text) === true
    if (scan === undefined || !(await leaksInFile(path, leaks))) return true
    await writeAgain(path, modeOf(this.#head), scan, this.#again)
    return !(await leaksInFile(path, leaks))
  }

  #clean(facts: string): string {
    return this.#scan === undefined ? facts : (this.#scan.cleanJson(facts) ?? '{}')
  }

  #put(text: string): Promise<void> {
    if (this.#fault !== undefined) return this.#written
    this.#waiting.push(text)
    this.#waitingSize += text.length
    if (this.#waiting.length === 1) this.#written = this.#written.then(() => this.#flush())
    return this.#written
  }

  async #flush(): Promise<void> {
    const text = this.#waiting.join('')
    this.#waiting = []
    this.#waitingSize = 0
    if (this.#fault !== undefined) return
    try {
      await this.#part.file.appendFile(text)
    } catch (error) {
      this.#fault = unwritable(this.#path, error)
    }
  }
}
