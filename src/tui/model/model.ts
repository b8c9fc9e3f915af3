import type { Calls, Event, ExchangeEvent } from '../../core/verdict/event.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { Finding, FlowReport, Report } from '../../core/verdict/report.ts'
import type { StepKind } from '../../core/step/step.ts'
import { isUnderWay } from '../../core/wire/exchange.ts'
import { HeldExchanges, type HeldLimits } from './held.ts'
import { RowStore } from './row-store.ts'
import { type Row, originOf, rowOf } from './rows.ts'
import { clientName } from './what.ts'

export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
}

/** Findings that an exchange is evidence of, by how bad they are. */
export interface Weight {
  readonly error: number
  readonly warning: number
}

const noWeight: Weight = { error: 0, warning: 0 }
const logLimit = 1000

/** What is known of the session: built from its events alone, it reads no clock and does nothing. */
export class Model {
  readonly held: HeldExchanges
  readonly rows = new RowStore()
  readonly flows = new Map<string, FlowReport>()
  readonly findings = new Map<string, Finding>()
  readonly log: LogEntry[] = []
  /** MCP endpoints known beforehand, and others that flows turned out to be about. */
  readonly targets: readonly string[]
  report: Report | undefined
  /** Changes with whatever a report would say. */
  version = 0
  /** Changes with the exchanges. */
  exchangesVersion = 0
  /** Changes with the findings. */
  findingsVersion = 0
  /** What the client of a flow calls itself. */
  readonly clients = new Map<string, string>()
  /** The row that each flow begins with. */
  readonly #begins = new Map<string, number>()
  readonly #origins: Set<string>
  /** The row that the current attempt begins with, once a person began anew. */
  from: number | undefined
  /** Exchanges whose answer is waited for, the one that waits longest first. */
  readonly underWay = new Set<string>()
  /** Exchanges of which something waits for the person, the one that waits longest first. */
  readonly onHold = new Set<string>()
  readonly #last = new Map<StepKind, string>()
  #byExchange: Map<string, Finding[]> | undefined
  #changed = new Set<number>()

  constructor(targets: readonly string[], limits?: HeldLimits) {
    this.targets = targets
    this.#origins = new Set(targets.map(originOf))
    this.held = new HeldExchanges(limits)
  }

  take(event: Safe<Event>): void {
    switch (event.type) {
      case 'exchange':
        return this.#exchange(event.exchange as Safe<ExchangeEvent>)
      case 'calls':
        this.#calls(event.calls as Safe<Calls>)
        break
      case 'flow':
        this.flows.set(event.flow.id, event.flow)
        if (event.flow.resource !== null) this.#origins.add(originOf(event.flow.resource))
        break
      case 'finding':
        this.findings.set(event.finding.id, event.finding)
        for (const { exchange } of event.finding.evidence) this.held.keepAsEvidence(exchange)
        this.#findingsChanged()
        break
      case 'finding-withdrawn':
        this.findings.delete(event['finding-withdrawn'].id)
        this.#findingsChanged()
        break
      case 'rule-crashed': {
        const { rule, message } = event['rule-crashed']
        this.say('error', `The rule ${rule} crashed: ${message}`, this.#now())
        break
      }
      case 'report':
        this.report = event.report
        return
    }
    this.version += 1
  }

  /** The rows that have changed since this was last asked. */
  takeChanged(): ReadonlySet<number> {
    const changed = this.#changed
    if (changed.size > 0) this.#changed = new Set()
    return changed
  }

  say(level: LogEntry['level'], text: string, at: number): void {
    this.log.push({ at, level, text })
    if (this.log.length > logLimit) this.log.splice(0, this.log.length - logLimit)
  }

  row(id: string | undefined): Row | undefined {
    const index = id === undefined ? undefined : this.rows.indexOf(id)
    return index === undefined ? undefined : this.rows.at(index)
  }

  /** The newest exchange of a kind in the current attempt. */
  last(...kinds: readonly StepKind[]): Row | undefined {
    return kinds
      .map((kind) => this.row(this.#last.get(kind)))
      .map((row) => ((row?.index ?? -1) < (this.from ?? 0) ? undefined : row))
      .reduce((best, row) => ((row?.index ?? -1) > (best?.index ?? -1) ? row : best), undefined)
  }

  has(...kinds: readonly StepKind[]): boolean {
    return this.last(...kinds) !== undefined
  }

  /** Whether a flow begins with this row. */
  begins({ flow, index }: Row): boolean {
    return flow !== '' && this.#begins.get(flow) === index
  }

  /** The findings that an exchange is evidence of. */
  findingsAt(id: string): readonly Finding[] {
    this.#byExchange ??= findingsByExchange(this.findings.values())
    return this.#byExchange.get(id) ?? []
  }

  weight(id: string): Weight {
    const found = this.findingsAt(id)
    if (found.length === 0) return noWeight
    const count = (wanted: Finding['severity']) =>
      found.filter(({ severity }) => severity === wanted).length
    return { error: count('error'), warning: count('warning') }
  }

  /** What comes from now on is judged by itself; what was before stays where it is. */
  begin(): void {
    this.from = this.rows.length
    this.version += 1
    this.#findingsChanged()
  }

  /** Takes the exchanges off the list; what was judged stays judged. */
  clear(): void {
    if (this.from !== undefined) this.from = 0
    this.rows.clear()
    this.#last.clear()
    this.#begins.clear()
    this.underWay.clear()
    this.held.clear()
    this.exchangesVersion += 1
    this.version += 1
    this.findingsVersion += 1
  }

  #findingsChanged(): void {
    this.#byExchange = undefined
    this.findingsVersion += 1
  }

  /** Calls that are like one before them: what the list shows of each is a time and a size of its own. */
  #calls(together: Safe<Calls>): void {
    const { model, calls } = together
    const like = rowOf(model, this.rows.length, this.#origins)
    for (const { id, startedAt, endedAt, received } of calls) {
      const index = this.rows.indexOf(id) ?? this.rows.length
      this.rows.set({ ...like, id, index, startedAt, took: endedAt - startedAt, size: received })
      this.#changed.add(index)
    }
    this.#begins.set(like.flow, this.#begins.get(like.flow) ?? this.rows.length - calls.length)
    this.#last.set(like.kind, calls.at(-1)!.id)
    this.held.keepCalls(together)
    this.exchangesVersion += 1
  }

  #exchange(event: Safe<ExchangeEvent>): void {
    const { id } = event.exchange
    const known = this.rows.indexOf(id)
    const index = known ?? this.rows.length
    const row = rowOf(event, index, this.#origins)
    this.rows.set(row)
    this.#begins.set(row.flow, Math.min(this.#begins.get(row.flow) ?? index, index))
    if (row.role === 'MCP' && (row.what === 'initialize' || !this.clients.has(row.flow))) {
      const name = clientName(event.exchange)
      if (name !== undefined) this.clients.set(row.flow, name)
    }
    this.#changed.add(index)
    if (row.held === undefined) this.onHold.delete(id)
    else this.onHold.add(id)
    if (isUnderWay(event.exchange)) this.underWay.add(id)
    else {
      this.underWay.delete(id)
      this.#last.set(row.kind, row.id)
    }
    this.held.keep(event)
    this.exchangesVersion += 1
    if (this.findingsAt(id).length > 0) this.held.keepAsEvidence(id)
    this.version += 1
  }

  /** The newest time that the session has told of. */
  #now(): number {
    return this.rows.at(this.rows.length - 1)?.startedAt ?? 0
  }
}

function findingsByExchange(findings: Iterable<Finding>): Map<string, Finding[]> {
  const found = new Map<string, Finding[]>()
  for (const finding of findings)
    for (const id of new Set(finding.evidence.map(({ exchange }) => exchange))) {
      const list = found.get(id)
      if (list === undefined) found.set(id, [finding])
      else list.push(finding)
    }
  return found
}
