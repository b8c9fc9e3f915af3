import { randomBytes } from 'node:crypto'
import type { Event } from '../../core/verdict/event.ts'
import type { Redactor, Safe } from '../../core/redact/redactor.ts'
import type { Report } from '../../core/verdict/report.ts'
import { LiveGate, type LiveGateOptions } from './gate.ts'
import { LiveLabels } from './labels.ts'
import { type LivePort, openLivePort } from './port.ts'
import { liveSchema } from './window.ts'
import { LiveViewer } from './viewer.ts'
import { LiveWindow, cleanText } from './window.ts'
import { eventJson } from '../ndjson/sink.ts'

export interface LiveOptions extends LiveGateOptions {
  /** 0 takes a free one. */
  readonly port: number
}

const viewerLimit = 32
/** How often viewers are asked for a sign of life, in milliseconds. */
const pingPause = 20_000
/** Facts about labels that take longer than this to collect are told together, a while after, both in milliseconds. */
const dear = 1
const labelPause = 250
/** A report of what there is so far is made at most this often, in milliseconds, and takes at most a twentieth of the time. */
const reportPause = 1000
/** So long viewers may take to read the end, in milliseconds. */
const farewell = 500
/** A body of more characters is left out of the stream, and counted as dropped. */
const bodyLimit = 256 * 1024

/**
 * The redacted event stream over WebSocket: a snapshot first, then what happens. It begins to listen before the session
 * has a redactor, so that a port that cannot be had is known before anything else starts.
 */
export class LiveStream {
  readonly name = 'The stream to viewers'
  readonly #token: string
  readonly #host: string | undefined
  /** Tells one start of the proxy from the next. */
  readonly #run = randomBytes(8).toString('hex')
  readonly #window = new LiveWindow()
  readonly #labels = new LiveLabels()
  readonly #viewers = new Set<LiveViewer>()
  readonly #wanting = new Set<LiveViewer>()
  #port!: LivePort
  #redactor: Redactor | undefined
  #seq = 0
  #listening = 'null'
  #report = 'null'
  #serving = false
  /** Is told of a bug that no caller of ours would hear of. */
  #broken: (error: unknown) => void = () => {}
  #labelTimer: NodeJS.Timeout | undefined
  #labelsAreDear = false
  #reportTimer: NodeJS.Timeout | undefined
  #reportGap = reportPause
  #reportNow: (() => Safe<Report>) | undefined
  #pings: NodeJS.Timeout | undefined

  private constructor({ token, host }: LiveOptions) {
    this.#token = token
    this.#host = host
  }

  /** Throws UserError (EPORTTAKEN, ELISTEN) when the port cannot be had. */
  static async open(options: LiveOptions): Promise<LiveStream> {
    const stream = new LiveStream(options)
    stream.#port = await openLivePort({
      port: options.port,
      ...(options.host === undefined ? {} : { host: options.host }),
      gate: new LiveGate(options),
      hasRoom: () => stream.#viewers.size < viewerLimit,
      viewer: (socket, connection) => {
        const viewer: LiveViewer = new LiveViewer(socket, connection, {
          wantsSnapshot: () => stream.#serve(viewer),
          gone: () => stream.#forget(viewer),
        })
        stream.#viewers.add(viewer)
        stream.#serve(viewer)
        stream.#reportSoon()
      },
    })
    stream.#pings = setInterval(() => {
      for (const viewer of stream.#viewers) viewer.ping()
    }, pingPause)
    stream.#pings.unref()
    return stream
  }

  /** What viewers on this machine connect to. */
  get url(): string {
    const host = this.#host ?? '127.0.0.1'
    const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
    return `ws://${name.includes(':') ? `[${name}]` : name}:${this.#port.port}`
  }

  /** From now on events come, redacted by this one; the token is a secret of the session. */
  use(redactor: Redactor): void {
    this.#redactor = redactor
    const headers = [['Authorization', `Bearer ${this.#token}`]] as const
    const body = { bytes: new Uint8Array(0), dropped: 0 }
    const request = { method: 'GET', url: 'http://localhost/', headers, body }
    const origin = { id: '', source: 'example', client: '', connection: '', startedAt: 0 } as const
    redactor.learn({ ...origin, request, touched: [] })
    for (const viewer of this.#viewers) this.#serve(viewer)
  }

  /**
   * Viewers are told now and then how things stand.
   * @param broken is told of a bug that costs viewers something
   */
  reportBy(report: () => Safe<Report>, broken: (error: unknown) => void): void {
    this.#reportNow = report
    this.#broken = broken
    this.#reportSoon()
  }

  event(event: Safe<Event>): void {
    const json = eventJson(event, bodyLimit) as Record<string, unknown>
    const text = JSON.stringify(json[event.type])
    if (event.type === 'exchange')
      this.#window.exchange(event.exchange.exchange.id, event.exchange.step.kind, text)
    else if (event.type === 'flow') this.#window.flow(event.flow.id, text)
    else if (event.type === 'finding') this.#window.finding(event.finding.id, text)
    else if (event.type === 'finding-withdrawn')
      this.#window.withdraw(event['finding-withdrawn'].id)
    if (event.type === 'report') return this.#end(text)
    // Whoever is told of an exchange can judge it at once.
    if (event.type === 'exchange' && this.#labels.meet(text)) this.#labelsSoon()
    // And whoever leaves at a finding has all that it rests on.
    if (event.type === 'finding') this.#tellLabels()
    this.#tell(event.type, text)
    this.#reportSoon()
  }

  /** A line of ndjson that is no event: where the proxy listens, and notices. */
  line(line: Safe<{ readonly type: string; readonly [name: string]: unknown }>): void {
    if (line.type === 'listening') {
      this.#listening = JSON.stringify(line)
      this.#tell('listening', this.#listening)
    } else if (line.type === 'notice') this.#tell('notice', JSON.stringify(line['notice']))
  }

  /** Says goodbye; a viewer that does not listen is left. */
  async close(): Promise<void> {
    clearInterval(this.#pings)
    this.#tellLabels()
    this.#port.close()
    for (const viewer of this.#viewers) viewer.close('the proxy has ended')
    const deadline = performance.now() + farewell
    while (this.#viewers.size > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10))
    for (const viewer of this.#viewers) viewer.terminate()
  }

  #tell(type: string, text: string, more = ''): void {
    this.#seq += 1
    if (this.#viewers.size === 0) return
    const clean = this.#redactor === undefined ? undefined : cleanText(text, this.#redactor)
    if (clean === undefined) return
    const message = Buffer.from(`{"seq":${this.#seq},"type":"${type}","${type}":${clean}${more}}`)
    for (const viewer of this.#viewers) viewer.tell(message)
  }

  #end(report: string): void {
    this.#reportNow = undefined
    clearTimeout(this.#reportTimer)
    this.#tellLabels()
    this.#tellReport(report, true)
  }

  #tellReport(report: string, final: boolean): void {
    this.#report = report
    this.#tell('report', report, `,"final":${final}`)
  }

  #reportSoon(): void {
    if (this.#reportNow === undefined || this.#viewers.size === 0) return
    this.#reportTimer ??= setTimeout(() => {
      this.#reportTimer = undefined
      const report = this.#reportNow
      if (report === undefined) return
      const before = performance.now()
      this.#fenced(() => this.#tellReport(JSON.stringify(report()), false))
      this.#reportGap = Math.max(reportPause, (performance.now() - before) * 20)
    }, this.#reportGap).unref()
  }

  /** At once, as long as it costs next to nothing: the redactor knows its facts only all together. */
  #labelsSoon(): void {
    if (!this.#labelsAreDear) this.#tellLabels()
    else
      this.#labelTimer ??= setTimeout(
        () => this.#fenced(() => this.#tellLabels()),
        labelPause,
      ).unref()
  }

  #tellLabels(): void {
    clearTimeout(this.#labelTimer)
    this.#labelTimer = undefined
    if (this.#redactor === undefined) return
    const before = performance.now()
    const facts = this.#labels.news(this.#redactor)
    this.#labelsAreDear = performance.now() - before > dear
    if (Object.keys(facts).length > 0) this.#tell('labels', JSON.stringify(facts))
  }

  #forget(viewer: LiveViewer): void {
    this.#viewers.delete(viewer)
    this.#wanting.delete(viewer)
  }

  /** Viewers that want a snapshot at the same time share one. */
  #serve(viewer: LiveViewer): void {
    if (!this.#viewers.has(viewer)) return
    this.#wanting.add(viewer)
    if (!this.#serving && this.#redactor !== undefined) void this.#serveAll(this.#redactor)
  }

  async #serveAll(redactor: Redactor): Promise<void> {
    this.#serving = true
    try {
      while (this.#wanting.size > 0) {
        await this.#window.scrub(redactor)
        const snapshot = Buffer.from(this.#snapshot(redactor))
        for (const viewer of this.#wanting) viewer.catchUp(snapshot)
        this.#wanting.clear()
      }
    } catch (error) {
      // Whoever waits for what cannot be made waits in vain; it may come back.
      for (const viewer of this.#wanting) viewer.close('authtap cannot say how things stand')
      this.#wanting.clear()
      this.#broken(error)
    }
    this.#serving = false
  }

  #fenced(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#broken(error)
    }
  }

  #snapshot(redactor: Redactor): string {
    const rest = [
      ['listening', this.#listening],
      ['report', this.#report],
      ['labels', JSON.stringify(this.#labels.all(redactor))],
    ].map(([name, text]) => `"${name}":${cleanText(text!, redactor) ?? 'null'}`)
    const head = `"schema":"${liveSchema}","type":"snapshot","seq":${this.#seq},"run":"${this.#run}"`
    return `{${head},${rest.join(',')},${this.#window.members()}}`
  }
}
