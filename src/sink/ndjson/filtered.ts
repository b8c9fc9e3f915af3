import type { Event, ExchangeEvent } from '../../core/verdict/event.ts'
import { bodyText } from '../../core/wire/exchange.ts'
import type { FilterRecord, RecordTest } from '../../core/filter/record.ts'
import type { LabelFacts } from '../../core/wire/label.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { Finding } from '../../core/verdict/report.ts'

/** Exchanges that were held back and may still be wanted, once a finding about them comes. */
const heldLimit = 1000

type Facts = () => Readonly<Record<string, LabelFacts>>

interface EventSink {
  event(event: Safe<Event>): void
}

/**
 * Passes on the exchanges that a filter wants, and everything that is no exchange. A finding comes after its exchange, so
 * what was held back is looked at again then.
 */
export class FilteredSink {
  readonly name = 'The output'
  readonly #sink: EventSink
  readonly #wanted: RecordTest
  readonly #facts: Facts
  readonly #held = new Map<string, Safe<Event>>()
  readonly #findings = new Map<string, Finding[]>()

  constructor(sink: EventSink, wanted: RecordTest, facts: Facts) {
    this.#sink = sink
    this.#wanted = wanted
    this.#facts = facts
  }

  event(event: Safe<Event>): void {
    if (event.type === 'finding') this.#found(event.finding)
    if (event.type !== 'exchange' || this.#wants(event.exchange)) {
      this.#sink.event(event)
      return
    }
    this.#held.set(event.exchange.exchange.id, event)
    if (this.#held.size > heldLimit) this.#held.delete(this.#held.keys().next().value!)
  }

  #wants(event: ExchangeEvent): boolean {
    const { id, startedAt, endedAt } = event.exchange
    return this.#wanted(
      recordOf(event, this.#findings.get(id) ?? [], this.#facts),
      endedAt ?? startedAt,
    )
  }

  #found(finding: Finding): void {
    for (const id of new Set(finding.evidence.map(({ exchange }) => exchange))) {
      const known = (this.#findings.get(id) ?? []).filter((one) => one.id !== finding.id)
      this.#findings.set(id, [...known, finding])
      if (this.#findings.size > heldLimit)
        this.#findings.delete(this.#findings.keys().next().value!)
      const held = this.#held.get(id)
      if (held?.type !== 'exchange' || !this.#wants(held.exchange)) continue
      this.#held.delete(id)
      this.#sink.event(held)
    }
  }
}

function recordOf(
  { exchange, step, flow }: ExchangeEvent,
  findings: readonly Finding[],
  facts: Facts,
): FilterRecord {
  const { request, response } = exchange
  const [, host = '', path = ''] = /^[^:]+:\/\/([^/?#]*)([^#]*)/.exec(request.url) ?? []
  const headers = [...request.headers, ...(response?.headers ?? [])]
  return {
    method: request.method,
    status: response?.status,
    kind: step.kind,
    host,
    path,
    flow,
    findings,
    startedAt: exchange.startedAt,
    headers,
    get text() {
      return `${bodyText(request)}\n${response === undefined ? '' : bodyText(response)}`
    },
    get jwt() {
      return claimsIn(`${headers.map(([, value]) => value).join(' ')} ${this.text}`, facts())
    },
  }
}

/** Claims of the tokens whose labels stand in a text. */
function claimsIn(
  text: string | undefined,
  facts: Readonly<Record<string, LabelFacts>>,
): Record<string, unknown> {
  const labels = text?.match(/‹[a-z0-9_]{1,40}:[0-9a-f]{16}›/g) ?? []
  return Object.assign(
    {},
    ...labels.map((label) => (Object.hasOwn(facts, label) ? facts[label]?.claims : undefined)),
  ) as Record<string, unknown>
}
