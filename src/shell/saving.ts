import { createReadStream } from 'node:fs'
import { access, open, rm, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { LastScan } from '../sink/file/last-scan.ts'
import { batches, cleanOf } from '../sink/file/whole.ts'
import type { Event } from '../core/verdict/event.ts'
import type { Redactor, Safe } from '../core/redact/redactor.ts'
import type { Session } from '../core/session.ts'
import { counted } from '../core/verdict/words.ts'
import { UserError } from '../errors.ts'
import { openHarFile } from '../sink/file/har.ts'
import { eventJson } from '../sink/ndjson/sink.ts'
import type { Format, RuleOutcome } from '../sink/report/judged-capture.ts'
import { md } from '../sink/report/md/md.ts'
import { sarif } from '../sink/report/sarif.ts'
import type { SaveKind } from '../tui/model/state.ts'
import type { ToSave } from '../tui/tui.ts'
import { version } from '../version.ts'

/** What there is to save from. */
export interface SavingFrom {
  readonly run: { readonly session: Pick<Session, 'report'> }
  readonly redactor: Redactor
  readonly targets: readonly string[]
  /** Where the session is written down while it happens. */
  readonly journal?: string | undefined
  /** The captures that are shown. */
  readonly sources?: readonly string[]
  /** Rules that threw. */
  readonly crashed: ReadonlySet<string>
  /** Nothing is redacted: the file is for its owner alone. */
  readonly withSecrets: boolean
}

type Exchanges = Extract<ToSave, { exchanges: unknown }>

/** The name of a new file. */
export function pathFor(kind: SaveKind, journal: string | undefined): string {
  const extension = kind === 'session' && journal === undefined ? 'har' : extensions[kind]
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')
  return `authtap-${kind}-${stamp}.${extension}`
}

const extensions: Readonly<Record<SaveKind, string>> = {
  har: 'har',
  session: 'ndjson',
  report: 'md',
  jsonl: 'ndjson',
  sarif: 'sarif',
  curl: 'sh',
  finding: 'md',
}

/**
 * Saves what the terminal UI asks for, and says what and where. Nothing is written over. Throws UserError: EOUTPUT when
 * it cannot be written, ELEAK when a secret would be left in it.
 */
export async function save(what: ToSave, path: string, from: SavingFrom): Promise<string> {
  const place = resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path)
  await refuseExisting(place)
  const scan = new LastScan(from.redactor)
  if (what.kind === 'text') {
    const text = cleanOf(place, what.text, scan)
    await writing(place, writeFile(place, text, { mode: 0o600, flag: 'wx' }))
    return `Saved ${place}`
  }
  if (what.kind === 'session' && from.journal !== undefined) {
    await writePieces(place, linesOf(from.journal, scan), scan, from)
    return saved('Saved the session to', place, scan)
  }
  const format = formats[what.kind]
  if (format === undefined) await saveHar(what, place, scan, from)
  else await writePieces(place, format(what, from), scan, from)
  const all = from.run.session.report().capture.exchanges
  const number = what.exchanges.length
  const rest = from.journal === undefined ? '' : ': older calls are in the journal'
  const part = number < all && what.kind !== 'jsonl' ? ` of ${all}${rest}` : ''
  return saved(`Saved ${counted(number, 'exchange')}${part} to`, place, scan)
}

function saved(what: string, place: string, scan: LastScan): string {
  const blanked = scan.told(place)
  return `${what} ${place}${blanked === undefined ? '' : `. ${blanked}`}`
}

/** The journal as far as it is written, without what turned out to be a secret since. */
async function* linesOf(journal: string, scan: LastScan): AsyncGenerator<string, void, void> {
  const lines = createInterface({ input: createReadStream(journal), crlfDelay: Infinity })
  for await (const line of lines) {
    const clean = scan.cleanJson(line)
    if (clean !== undefined) yield `${clean}\n`
  }
}

const formats: Readonly<
  Partial<Record<ToSave['kind'], (what: Exchanges, from: SavingFrom) => Iterable<string>>>
> = {
  report: (what, from) => judged(md, what, from),
  sarif: (what, from) => judged(sarif, what, from),
  jsonl: (what) => jsonLines(what),
}

/** As `--format ndjson` prints them. */
function* jsonLines({ exchanges }: Exchanges): Iterable<string> {
  for (const exchange of exchanges)
    yield `${JSON.stringify(eventJson({ type: 'exchange', exchange } as unknown as Safe<Event>))}\n`
}

function judged(format: Format, { exchanges }: Exchanges, from: SavingFrom): Iterable<string> {
  const { run, redactor, targets, journal, sources, crashed } = from
  return format({
    report: redactor.value(run.session.report()),
    exchanges,
    labels: redactor.facts(),
    rules: [...crashed].map((id): RuleOutcome => ({ id, title: id, outcome: 'crash' })),
    targets: redactor.value(targets),
    sources: sources ?? [journal ?? 'session'],
  })
}

async function saveHar(
  { exchanges }: Exchanges,
  place: string,
  scan: LastScan,
  from: SavingFrom,
): Promise<void> {
  const { run, redactor, withSecrets } = from
  const file = await openHarFile(place, { version, redacted: !withSecrets }, { scan })
  // Anew: what is held may quote a value that turned out to be a secret since.
  for (const { exchange, step, flow } of exchanges)
    await file.write(redactor.exchange(exchange), { step: step.kind, flow })
  await file.finish({
    report: redactor.value(run.session.report()),
    labels: redactor.facts(),
  })
}

async function writePieces(
  place: string,
  pieces: Iterable<string> | AsyncIterable<string>,
  scan: LastScan,
  { withSecrets }: SavingFrom,
): Promise<void> {
  const file = await writing(place, open(place, 'wx', withSecrets ? 0o600 : 0o644))
  try {
    for await (const piece of batches(pieces))
      await writing(place, file.appendFile(cleanOf(place, piece, scan)))
  } catch (error) {
    await rm(place, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

async function refuseExisting(place: string): Promise<void> {
  const isThere = await access(place).then(
    () => true,
    () => false,
  )
  if (isThere) throw new UserError('EOUTPUT', `${place} already exists.`, 'Give another name.')
}

async function writing<T>(place: string, doing: Promise<T>): Promise<T> {
  return doing.catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new UserError('EOUTPUT', `${place} cannot be written (${code}).`, 'Give another name.')
  })
}
