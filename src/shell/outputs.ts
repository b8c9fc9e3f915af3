import { safeJson } from '../core/wire/safe-text.ts'
import type { Options } from './arguments.ts'
import { parseFilter } from '../core/filter/filter.ts'
import type { Redactor, Safe } from '../core/redact/redactor.ts'
import { UserError, bugIn } from '../errors.ts'
import { type Log, openLog } from '../log.ts'
import { Output } from './output.ts'
import type { Broken, Sink } from '../telling.ts'
import { HarSink } from '../sink/file/har-sink.ts'
import { FilteredSink } from '../sink/ndjson/filtered.ts'
import { NdjsonSink } from '../sink/ndjson/sink.ts'
import { type Style, makeStyle, noticeLine, speaksUnicode, wantsColor } from '../sink/text/style.ts'
import { type Next, TextSink } from '../sink/text/sink.ts'
import type { Report } from '../core/verdict/report.ts'
import type { Notice } from '../tap/notices.ts'
import type { Context } from './context.ts'

export interface OutputsSetup {
  /** Print what happens as it happens. */
  readonly live: boolean
  /** What happens is told in other lines than one an exchange. */
  readonly toldOtherwise?: true
  /** Standard output belongs to a client that was started. */
  readonly stdoutTaken?: boolean
  /** Further sinks, such as a terminal UI or a journal, made once the redactor is there. */
  readonly more?: (redactor: Redactor) => readonly Sink[]
  /** Gets what `line` gets, whatever the format. */
  readonly lines?: (line: Safe<Line>) => void
  /** What to do after a verdict that is no pass. */
  readonly next?: string | ((report: Report) => string) | undefined
  /** Files that are read and must not be written over. */
  readonly inputs?: readonly string[]
  /** The terminal UI, which shows what text would print until the report. */
  readonly screen?: Sink & { say(text: string, level?: Notice['level']): boolean }
}

/** A line of ndjson that is no event. */
export interface Line {
  readonly type: string
  readonly [name: string]: unknown
}

/** Where the flags send what there is to tell. */
export interface Outputs {
  readonly format: 'text' | 'ndjson' | 'json'
  readonly style: Style
  readonly log: Log
  readonly sinks: readonly Sink[]
  /** Writes a line for people: to standard error where standard output carries data. */
  say(text: string): void
  /** Tells the person something: on the screen or as a line, to the log, and as data to who reads data. */
  tell(notice: Notice): void
  /** Writes a line of ndjson, when that is the format. */
  line(value: Line): void
  /** Tells of a bug in a part of authtap, each once; what goes on goes on. */
  broken: Broken
  /** Whether there was one. */
  hadBug(): boolean
  /** The reader of our output went away. */
  readonly readerGone: Promise<void>
  /** Waits until everything is out. Throws UserError (EOUTPUT) when what was asked for could not be written whole. */
  close(): Promise<void>
}

/** Throws UserError (EUSAGE, EOUTPUT, ELOGFILE) when a file cannot be written or nothing is left to print to. */
export async function openOutputs(
  context: Context,
  options: Options,
  setup: OutputsSetup,
  redactor: Redactor,
): Promise<Outputs> {
  const format = (options.text('format') ?? 'text') as Outputs['format']
  const file = options.text('output')
  if (setup.stdoutTaken === true && format !== 'text' && file === undefined)
    throw new UserError(
      'EUSAGE',
      `--format ${format} cannot go to standard output, which belongs to the client.`,
      'Add --output FILE.',
    )
  const withSecrets = options.has('with-secrets')
  const out =
    file !== undefined
      ? await Output.file(file, withSecrets ? 0o600 : 0o644)
      : Output.standard(setup.stdoutTaken === true ? 2 : 1)
  const people = format === 'text' && file === undefined ? out : Output.standard(2)
  const readerGone = new Promise<void>((resolve) => {
    out.onGone = resolve
  })
  if (setup.live) out.onFault = tellFault
  const style = styleOf(context, options, setup.stdoutTaken === true)
  const { screen } = setup
  const logFile = options.text('log-file')
  // Standard error is where the screen is.
  const unseen = screen !== undefined && logFile === undefined
  const log = openLog(unseen ? 'silent' : (options.text('log-level') ?? 'warn'), logFile)
  const sinks: Sink[] = [log, ...(setup.more?.(redactor) ?? [])]
  if (screen !== undefined) sinks.push(screen)
  const printing = printer(
    format,
    out,
    {
      style,
      checklist: options.has('checklist'),
      width: context.columns(),
      live: setup.live && screen === undefined && setup.toldOtherwise !== true,
      brief: setup.live && setup.toldOtherwise !== true,
      ...(setup.next === undefined ? {} : { next: redacted(setup.next, redactor) }),
    },
    filterOf(options, redactor),
  )
  sinks.push(printing, { exchanges: 'nothing', event: () => {}, ready: () => out.ready() })
  const line = (value: Line) => {
    const redacted = redactor.value(value)
    if (format === 'ndjson') out.write(`${safeJson(JSON.stringify(redacted))}\n`)
    setup.lines?.(redacted)
  }
  const tellPeople = (notice: Notice) => {
    const text = redactor.text(notice.text)
    log.notice(notice.code, text)
    if (screen?.say(text, notice.level) !== true)
      people.write(style.shown(`${noticeLine({ ...notice, text }, style)}\n`))
  }
  const tell = (notice: Notice) => {
    line({ type: 'notice', notice })
    tellPeople(notice)
  }
  const har = options.text('har')
  if (har !== undefined)
    sinks.push(
      await HarSink.open(har, redactor, {
        withSecrets,
        inputs: setup.inputs ?? [],
        // The file is finished after the report, which is the last line of data.
        blanked: (text) => tellPeople({ code: 'blanked', level: 'warning', text }),
      }),
    )
  return {
    format,
    style,
    log,
    sinks,
    ...tellingOnce(tell, (text) => people.write(style.shown(`${text}\n`))),
    say: (text) => {
      const clean = redactor.text(text)
      if (screen?.say(clean) !== true) people.write(style.shown(`${clean}\n`))
    },
    tell,
    line,
    readerGone,
    close: async () => {
      // What standard error cannot take has nowhere to be told.
      if (people !== out) await people.close().catch(() => undefined)
      const end = await out.close().catch((fault: unknown) => fault)
      await tellLeftOut(out.leftOut)
      if (end !== undefined) throw end as UserError
    },
  }
}

/** Whatever a part was doing is lost, and told of once; where the telling breaks too, `plainly`. */
function tellingOnce(
  tell: (notice: Notice) => void,
  plainly: (text: string) => void,
): Pick<Outputs, 'broken' | 'hadBug'> {
  const told = new Set<string>()
  const broken: Broken = (part, error) => {
    const what = part.replace(/ \S*\d$/, '')
    if (told.has(what) || told.size > 20) return
    told.add(what)
    const text = `${part} failed (${bugIn(error)}); what it was doing is lost, and everything else goes on. This is a bug in authtap; please report this line.`
    try {
      tell({ code: 'broken', level: 'error', text })
    } catch {
      plainly(text)
    }
  }
  return { broken, hadBug: () => told.size > 0 }
}

async function tellLeftOut(count: number): Promise<void> {
  if (count === 0) return
  const what = count === 1 ? '1 line of the output was' : `${count} lines of the output were`
  await complain(`authtap: ${what} left out, because the reader was too slow.\n`)
}

function tellFault({ message }: UserError): void {
  void complain(`authtap: ${message} What follows is not written there. Traffic goes on.\n`)
}

async function complain(text: string): Promise<void> {
  const stderr = Output.standard(2)
  stderr.write(text)
  await stderr.close().catch(() => undefined)
}

/** How text looks where the flags send it. */
export function styleOf(context: Context, options: Options, stdoutTaken: boolean): Style {
  const isTerminal =
    [undefined, '-'].includes(options.text('output')) &&
    (stdoutTaken ? context.stderrIsTerminal : context.stdoutIsTerminal)
  return makeStyle({
    color: wantsColor(context.env, isTerminal, options.has('no-color')),
    unicode: speaksUnicode(context.env, context.platform),
    isTerminal,
    ...(isTerminal ? { width: context.columns } : {}),
  })
}

/** `--filter` leaves exchanges out of ndjson. Throws UserError (EUSAGE) for an expression that cannot be read. */
function filterOf(options: Options, redactor: Redactor): (sink: NdjsonSink) => Sink {
  const text = options.text('filter')
  if (text === undefined) return (sink) => sink
  const filter = parseFilter(text)
  if ('error' in filter)
    throw new UserError('EUSAGE', `--filter: ${filter.error}`, 'See the README, "On a terminal".')
  return (sink) => new FilteredSink(sink, filter.test, () => redactor.facts())
}

function printer(
  format: Outputs['format'],
  out: Output,
  text: ConstructorParameters<typeof TextSink>[1],
  filtered: (sink: NdjsonSink) => Sink,
): Sink {
  if (format === 'text') return new TextSink(out.write, text)
  if (format === 'ndjson') return filtered(new NdjsonSink(out.write))
  return {
    name: 'The output',
    exchanges: 'nothing',
    event(event) {
      if (event.type === 'report') out.write(`${safeJson(JSON.stringify(event.report, null, 2))}\n`)
    },
  }
}

/** The address of a server may hold a key. */
function redacted(next: NonNullable<OutputsSetup['next']>, redactor: Redactor): Next {
  return (report) => redactor.text(typeof next === 'string' ? next : next(report))
}
