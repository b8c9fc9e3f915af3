import type { Event } from '../../core/verdict/event.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { Finding } from '../../core/verdict/report.ts'
import { severityRank } from '../../core/verdict/words.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { type Style, wrapped } from './style.ts'

/** One thing that was looked at. */
export interface LookedAt {
  readonly part: string
  readonly text: string
  readonly mark: 'well' | 'bad' | 'plain'
  readonly exchange?: string
}

/** Lines about what is looked at, each marked by what was found in the exchange that it rests on. */
export class Looks {
  readonly name = 'The lines'
  readonly exchanges = 'nothing'
  readonly #findings = new Map<string, Finding>()
  #part = ''

  event(event: Safe<Event>): void {
    if (event.type === 'finding') this.#findings.set(event.finding.id, event.finding)
    if (event.type === 'finding-withdrawn') this.#findings.delete(event['finding-withdrawn'].id)
  }

  /** The line, below the name of its section where that begins. */
  lines(look: LookedAt, style: Style): string[] {
    const { part, text } = look
    const head = part === this.#part ? [] : [style.bold(part)]
    this.#part = part
    const [first = '', ...rest] = wrapped(safe(text), style.width - 4)
    return [...head, `  ${this.#mark(look, style)} ${first}`, ...rest.map((line) => `    ${line}`)]
  }

  #mark({ mark, exchange }: LookedAt, style: Style): string {
    const worst = this.#worst(exchange)
    if (mark === 'bad' || worst === 'error') return style.red(style.fail)
    if (worst === 'warning') return style.yellow(style.warn)
    return mark === 'well' ? style.green(style.pass) : style.plain
  }

  #worst(exchange: string | undefined): Finding['severity'] | undefined {
    return [...this.#findings.values()]
      .filter(({ evidence }) => evidence[0]?.exchange === exchange)
      .map(({ severity }) => severity)
      .sort((a, b) => severityRank[b] - severityRank[a])[0]
  }
}
