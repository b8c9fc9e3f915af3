import { constants } from 'node:fs'
import { access, copyFile, open, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { batches, leak } from '../sink/file/whole.ts'
import type { Event } from '../core/verdict/event.ts'
import type { Redactor, Safe } from '../core/redact/redactor.ts'
import type { Session } from '../core/session.ts'
import { counted } from '../core/verdict/words.ts'
import { UserError } from '../errors.ts'
import { openHarFile } from '../sink/file/har.ts'
import { leaksInFile } from '../sink/file/leaks-in-file.ts'
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
  const leaks = (text: string) => from.redactor.leaks(text) !== undefined
  if (what.kind === 'text') {
    if (leaks(what.text)) throw leak(place)
    await writing(place, writeFile(place, what.text, { mode: 0o600, flag: 'wx' }))
    return `Saved ${place}`
  }
  if (what.kind === 'session' && from.journal !== undefined) {
    if (await leaksInFile(from.journal, leaks)) throw lateSecret(place)
    await writing(place, copyFile(from.journal, place, constants.COPYFILE_EXCL))
    return `Saved the session to ${place}`
  }
  const format = formats[what.kind]
  if (format === undefined) await saveHar(what, place, from)
  else await writePieces(place, format(what, from), from)
  const all = from.run.session.report().capture.exchanges
  const number = what.exchanges.length
  const rest = from.journal === undefined ? '' : ': older calls are in the journal'
  const part = number < all && what.kind !== 'jsonl' ? ` of ${all}${rest}` : ''
  return `Saved ${counted(number, 'exchange')}${part} to ${place}`
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

async function saveHar({ exchanges }: Exchanges, place: string, from: SavingFrom): Promise<void> {
  const { run, redactor, withSecrets } = from
  const leaks = (text: string) => redactor.leaks(text) !== undefined
  const file = await openHarFile(place, { version, redacted: !withSecrets }, { leaks })
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
  pieces: Iterable<string>,
  { redactor, withSecrets }: SavingFrom,
): Promise<void> {
  const file = await writing(place, open(place, 'wx', withSecrets ? 0o600 : 0o644))
  try {
    for await (const piece of batches(pieces)) {
      if (redactor.leaks(piece) !== undefined) throw leak(place)
      await writing(place, file.appendFile(piece))
    }
  } catch (error) {
    await rm(place, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

function lateSecret(place: string): UserError {
  return new UserError(
    'ELEAK',
    `${place} was not written: the journal holds a value that authtap recognised as a secret only later.`,
    'Export a HAR file instead: it is redacted again.',
  )
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
