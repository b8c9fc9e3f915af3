import { randomBytes } from 'node:crypto'
import { type Redactor, createRedactor } from '../core/redact/redactor.ts'
import type { SessionOptions } from '../core/session.ts'
import type { Report } from '../core/verdict/report.ts'
import { type JsonObject, stringMember } from '../core/wire/json.ts'
import type { LabelFacts } from '../core/wire/label.ts'
import { safe } from '../core/wire/safe-text.ts'
import { UserError } from '../errors.ts'
import { Run } from '../run.ts'
import { Telling } from '../telling.ts'
import type { Options } from '../shell/arguments.ts'
import type { Context } from '../shell/context.ts'
import { type FailOn, exitCodes, exitOf } from '../shell/exit.ts'
import { sessionOptions } from '../shell/judging.ts'
import { openOutputs } from '../shell/outputs.ts'
import { recordedLabels } from '../shell/recorded.ts'
import { type Screen, type ScreenStart, chooseScreen } from '../shell/screen.ts'
import { LiveClient, type LiveNotice } from '../sink/live/client.ts'
import { LiveFold } from '../sink/live/fold.ts'
import type { Notice } from '../tap/notices.ts'
import { pem } from '../shell/pem.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

const elsewhere =
  'Only the proxy can send a request again: this view of it does not have the secrets.'

/** Watches a proxy that runs elsewhere, until it is ended; then judges and saves what it saw. */
export async function attach(context: Context, options: Options): Promise<number> {
  const url = streamUrl(options.positionals)
  const token = givenToken(context, options)
  const ca = await pem(options, 'ca')
  // Before anything is watched: an error at the end would come too late.
  const session = await sessionOptions(options, { targets: [] })
  const screen = await chooseScreen(context, options, false)
  try {
    return await watch(
      context,
      options,
      { url, token, ...(ca === undefined ? {} : { ca }) },
      session,
      screen,
    )
  } finally {
    screen?.stop()
  }
}

async function watch(
  context: Context,
  options: Options,
  address: { url: string; token: string; ca?: string },
  session: SessionOptions,
  screen: Screen | undefined,
): Promise<number> {
  // What comes is redacted already; it is redacted again, as what comes from anywhere is. Labels and their facts stay.
  const redactor = createRedactor({ key: randomBytes(32), labels: () => labelsOf(fold) })
  const outputs = await openOutputs(
    context,
    options,
    { live: true, ...(screen === undefined ? {} : { screen }) },
    redactor,
  )
  const viewing = { ...outputs, redactor }
  const telling = new Telling(redactor, outputs.sinks, outputs.broken)
  const onScreen = new Telling(redactor, screen === undefined ? [] : [screen], outputs.broken)
  let opened = screen === undefined
  const notice = (told: Notice | LiveNotice) => {
    if (told.code === 'connected' || told.code === 'reconnecting')
      screen?.over(told.code === 'reconnecting')
    if (opened) outputs.tell(told)
    // There is nothing to show yet, and the terminal is still as it was.
    else process.stderr.write(`${redactor.text(told.text)}\n`)
  }
  const fold: LiveFold = new LiveFold({
    event: (event) => telling.tell([event]),
    // What is printed and saved has one report, at the end.
    report: (report) => onScreen.tell([{ type: 'report', report }]),
    notice: (told) => notice(told as Notice),
    listening: (listening) => {
      outputs.line({ ...listening, type: 'listening' })
      if (screen !== undefined && !opened)
        screen.open({ ...viewing, ...placesOf(listening, fold), run, replay: () => elsewhere })
      opened = true
      outputs.say(
        `${outputs.style.bold('Watching')}  ${safe(upstreamOf(listening))}  through  ${address.url}`,
      )
    },
  })
  const judgedNow = () => judged(fold, session, redactor)
  const run = { session: { report: () => fold.report ?? judgedNow() } }
  const client = new LiveClient({ ...address, message: (message) => fold.message(message), notice })
  client.start()
  const ends = screen === undefined ? [] : [screen.ended]
  const end = Promise.race([context.ending, outputs.readerGone, client.refused, ...ends])
  await end.catch(async (error: unknown) => {
    await telling.abandon()
    throw error
  })
  client.stop()
  screen?.stop()
  const report = (fold.final ? fold.report : undefined) ?? judgedNow()
  await telling.end(report).finally(outputs.close)
  const code = exitOf(report, options.text('fail-on') as FailOn, false)
  return screen?.code ?? (outputs.hadBug() ? exitCodes.bug : code)
}

function streamUrl([text, ...more]: readonly string[]): string {
  const url = text === undefined ? undefined : parseUrl(text)
  if (url === undefined || more.length > 0)
    throw new UserError(
      'EUSAGE',
      'attach needs the address of one proxy, as in authtap attach WS-URL.',
      'A proxy that was started with --listen prints it.',
    )
  if ((url.protocol !== 'ws:' && url.protocol !== 'wss:') || url.hash !== '' || url.username !== '')
    throw new UserError(
      'EUSAGE',
      `${url.origin === 'null' ? url.protocol : url.origin} is not an address that attach can use.`,
      'Give the one that the proxy printed: it begins with ws:// or wss:// and has no user name and no fragment.',
    )
  return url.href
}

function givenToken(context: Context, options: Options): string {
  const token = options.text('token') ?? context.env['AUTHTAP_TOKEN'] ?? ''
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new UserError(
    'EUSAGE',
    token === ''
      ? 'attach needs the token.'
      : 'The token holds a space or another character that no token has.',
    'Give the token that the proxy printed, as --token TOKEN or in AUTHTAP_TOKEN.',
  )
}

/** A report of what was seen, as a HAR file of it would be judged. */
function judged(fold: LiveFold, session: SessionOptions, redactor: Redactor): Report {
  const run = new Run({
    session: {
      ...session,
      targets: [...fold.targets],
      labels: labelsOf(fold),
      recorded: [...fold.findings.values()],
    },
    redactor,
    sinks: [],
  })
  for (const exchange of fold.exchanges.values()) run.take(exchange)
  if (fold.incomplete) run.session.markIncomplete()
  run.settle()
  return run.session.report()
}

function labelsOf({ labels }: LiveFold): Record<string, LabelFacts> {
  return recordedLabels(Object.fromEntries(labels))
}

/** Where the proxy listens and for what, as the stream says. */
function placesOf(
  listening: JsonObject,
  { targets }: LiveFold,
): Pick<ScreenStart, 'targets' | 'urls'> {
  const url = stringMember(listening, 'url') ?? ''
  return { targets: [...targets], urls: [{ url, upstream: upstreamOf(listening) }] }
}

function upstreamOf(listening: JsonObject): string {
  return stringMember(listening, 'upstream') ?? 'a server'
}
