import { createHash } from 'node:crypto'
import type { JsonObject } from '../../core/wire/json.ts'
import type { Event } from '../../core/verdict/event.ts'
import type { Exchange } from '../../core/wire/exchange.ts'
import { isObject, member, objectMember, stringMember } from '../../core/wire/json.ts'
import type { Finding, Report } from '../../core/verdict/report.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { prefixed } from './runs.ts'
import { liveSchema } from './window.ts'
import { eventOf } from '../ndjson/event.ts'

/** Exchanges that a viewer keeps to judge at the end, and things it remembers having passed on. */
const exchangeLimit = 5000
const knownLimit = 20_000
const labelLimit = 20_000

export interface LiveFoldOptions {
  /** Anything but reports. */
  readonly event: (event: Event) => void
  /** How things stand, whenever the proxy says it. */
  readonly report: (report: Report) => void
  readonly listening: (listening: JsonObject) => void
  /** What the proxy told the person, and what became of the stream. */
  readonly notice: (notice: { code: string; level: string; text: string }) => void
}

/**
 * What the messages of the stream come to: events, each told once however often a snapshot repeats it, and what is needed
 * to judge and save what was seen.
 */
export class LiveFold {
  readonly #options: LiveFoldOptions
  readonly #known = new Map<string, string>()
  readonly exchanges = new Map<string, Exchange>()
  readonly findings = new Map<string, Finding>()
  readonly labels = new Map<string, unknown>()
  /** MCP endpoints the proxy stands before. */
  readonly targets = new Set<string>()
  /** How things stand, as the proxy last said. */
  report: Report | undefined
  /** The report is the proxy's last word, and nothing came after it. */
  final = false
  /** Exchanges were seen that are kept no longer. */
  incomplete = false
  #run: string | undefined
  #runs = 0
  #warned = false

  constructor(options: LiveFoldOptions) {
    this.#options = options
  }

  message(message: JsonObject): void {
    const type = stringMember(message, 'type')
    if (type === 'snapshot') this.#snapshot(message)
    else if (type === 'labels') this.#learn(objectMember(message, 'labels'))
    else if (type === 'report') this.#hear(message)
    else if (type === 'listening') this.#listening(objectMember(message, 'listening'))
    else if (type === 'notice') this.#notice(objectMember(message, 'notice'))
    else if (type === 'behind') this.#behind(objectMember(message, 'behind'))
    else this.#event(message)
  }

  get #prefix(): string {
    return this.#runs > 1 ? `${this.#runs}.` : ''
  }

  #snapshot(message: JsonObject): void {
    const schema = stringMember(message, 'schema')
    if (schema !== liveSchema && !this.#warned) {
      this.#warned = true
      this.#say(
        'unknown-schema',
        'warning',
        `The proxy speaks ${schema ?? 'no known schema'}, which this authtap may not read in full; use the same version on both sides.`,
      )
    }
    this.#enterRun(stringMember(message, 'run') ?? '')
    this.#learn(objectMember(message, 'labels'))
    this.#listening(objectMember(message, 'listening'))
    for (const exchange of listMember(message, 'exchanges'))
      this.#event({ type: 'exchange', exchange })
    for (const flow of listMember(message, 'flows')) this.#event({ type: 'flow', flow })
    const findings = listMember(message, 'findings')
    this.#withdrawMissing(
      new Set(findings.map((one) => `${this.#prefix}${stringMember(one, 'id') ?? ''}`)),
    )
    for (const finding of findings) this.#event({ type: 'finding', finding })
    const report = objectMember(message, 'report')
    if (report !== undefined) this.#hear({ type: 'report', report })
  }

  #enterRun(run: string): void {
    if (run === this.#run) return
    this.#runs += 1
    if (this.#run !== undefined)
      this.#say(
        'restarted',
        'info',
        `The proxy was started anew; what happens from now on has ids that begin with ${this.#prefix}`,
      )
    this.#run = run
  }

  /** What was withdrawn while this viewer was not told. */
  #withdrawMissing(present: ReadonlySet<string>): void {
    for (const id of this.findings.keys())
      if (isOfRun(id, this.#runs) && !present.has(id))
        this.#pass({ type: 'finding-withdrawn', 'finding-withdrawn': { id } })
  }

  #event(message: JsonObject): void {
    const read = eventOf(message)
    if (read === undefined || read.type === 'report') return
    const event = prefixed(read, this.#prefix)
    if (this.#isNews(event, JSON.stringify(message[event.type]))) this.#pass(event)
  }

  #hear(message: JsonObject): void {
    const read = eventOf(message)
    const event = read === undefined ? undefined : prefixed(read, this.#prefix)
    if (event?.type !== 'report') return
    this.report = event.report
    this.final = member(message, 'final') === true
    this.#options.report(event.report)
  }

  /** A snapshot repeats what was told before. */
  #isNews(event: Event, text: string): boolean {
    const id = idOf(event)
    if (id === undefined) return true
    const digest = createHash('sha256').update(text).digest('base64')
    if (this.#known.get(id) === digest) return false
    this.#known.delete(id)
    this.#known.set(id, digest)
    if (this.#known.size > knownLimit) this.#known.delete(this.#known.keys().next().value!)
    return true
  }

  #pass(event: Event): void {
    if (event.type === 'exchange') this.#keep(event.exchange.exchange)
    if (event.type === 'finding') this.findings.set(event.finding.id, event.finding)
    if (event.type === 'finding-withdrawn') {
      const { id } = event['finding-withdrawn']
      this.findings.delete(id)
      this.#known.delete(`finding ${id}`)
    }
    this.final = false
    this.#options.event(event)
  }

  #keep(exchange: Exchange): void {
    this.exchanges.set(exchange.id, exchange)
    if (this.exchanges.size <= exchangeLimit) return
    this.exchanges.delete(this.exchanges.keys().next().value!)
    this.incomplete = true
  }

  #learn(labels: JsonObject | undefined): void {
    for (const [label, facts] of Object.entries(labels ?? {})) {
      this.labels.set(label, facts)
      if (this.labels.size > labelLimit) this.labels.delete(this.labels.keys().next().value!)
    }
  }

  #listening(listening: JsonObject | undefined): void {
    if (listening === undefined) return
    for (const url of listMember(listening, 'urls')) {
      const upstream = stringMember(url, 'upstream')
      if (upstream !== undefined) this.targets.add(upstream)
    }
    const id = `listening ${this.#runs}`
    if (this.#known.has(id)) return
    this.#known.set(id, '')
    this.#options.listening(listening)
  }

  #notice(notice: JsonObject | undefined): void {
    const text = stringMember(notice, 'text')
    if (text === undefined) return
    this.#say(stringMember(notice, 'code') ?? '', stringMember(notice, 'level') ?? 'info', text)
  }

  #behind(behind: JsonObject | undefined): void {
    const missed = Number(member(behind, 'missed'))
    this.#say(
      'behind',
      'warning',
      `This viewer was behind and missed ${missed} messages; it now has the state as it is.`,
    )
  }

  #say(code: string, level: string, text: string): void {
    this.#options.notice({
      code,
      level: ['info', 'warning', 'error'].includes(level) ? level : 'info',
      // It comes from elsewhere, and is for people.
      text: safe(text),
    })
  }
}

function isOfRun(id: string, run: number): boolean {
  return run > 1 ? id.startsWith(`${run}.`) : !/^\d+\./.test(id)
}

function idOf(event: Event): string | undefined {
  if (event.type === 'exchange') return `exchange ${event.exchange.exchange.id}`
  if (event.type === 'flow') return `flow ${event.flow.id}`
  return event.type === 'finding' ? `finding ${event.finding.id}` : undefined
}

function listMember(json: JsonObject, name: string): JsonObject[] {
  const list = member(json, name)
  return Array.isArray(list) ? list.filter(isObject) : []
}
