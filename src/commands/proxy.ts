import type { Report } from '../core/verdict/report.ts'
import { counted } from '../core/verdict/words.ts'
import type { Exchange } from '../core/wire/exchange.ts'
import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import { Output } from '../shell/output.ts'
import { type SessionFile, prepareRecording } from '../shell/sessions.ts'
import { defaultStateDir } from '../state.ts'
import type { ReverseOptions } from '../tap/reverse-options.ts'
import { type ReverseTap, startReverse } from '../tap/reverse.ts'
import { withoutCredentials } from '../tap/target.ts'
import { type ClientEnd, startClient } from '../shell/client.ts'
import type { Context } from '../shell/context.ts'
import { interceptionOf } from '../shell/intercepting.ts'
import { type Judging, openJudging } from '../shell/judging.ts'
import { openLocalTls, trustLines } from '../shell/local-tls.ts'
import { pem } from '../shell/pem.ts'
import { EarlyNotices } from './early-notices.ts'
import { publicLines, publicOptions } from './proxy-public.ts'
import { Replays, seenBy } from '../shell/replay.ts'
import { type Screen, chooseScreen } from '../shell/screen.ts'
import { setupPage } from '../shell/setup.ts'
import { firstAnswers } from '../shell/first-answer.ts'
import { type LiveServer, openLiveServer } from '../shell/live-server.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** Stands between a client and these MCP endpoints, and judges what passes. */
export async function proxy(
  context: Context,
  options: Options,
  clientArgs: readonly string[] | undefined,
): Promise<number> {
  if (options.positionals.length === 0)
    throw new UserError(
      'EUSAGE',
      'The URL of the MCP server is missing, as in authtap MCP-URL.',
      'Without a server of your own, try authtap demo.',
    )
  const screen = await chooseScreen(context, options, clientArgs !== undefined)
  try {
    return await watch(context, options, clientArgs, screen)
  } finally {
    screen?.stop()
  }
}

async function watch(
  context: Context,
  options: Options,
  clientArgs: readonly string[] | undefined,
  screen: Screen | undefined,
): Promise<number> {
  const targets = options.positionals.map(targetUrl)
  const interception = await interceptionOf(options, targets, screen !== undefined)
  const tls = await openLocalTls(context, options, targets[0]!)
  const recording = await prepareRecording(context, options, targets)
  const liveServer = await openLiveServer(context, options)
  const running: { tap?: ReverseTap; unrecorded?: true } = {}
  const judging = await openJudging(context, options, {
    targets,
    live: true,
    stdoutTaken: clientArgs !== undefined,
    ...(screen === undefined ? {} : { screen }),
    more: (redactor) => [
      ...(recording === undefined ? [] : [recording.sink(redactor)]),
      ...(liveServer?.more(redactor) ?? []),
    ],
    ...(liveServer === undefined ? {} : { lines: liveServer.lines }),
    next: (report) => {
      const journal = running.unrecorded === true ? undefined : recording?.path
      return nextStep(options, journal, { target: targets[0]!, report })
    },
    fetchKeys: async (url, from) => running.tap?.fetch(url, from),
  })
  recording?.listen((trouble) => {
    running.unrecorded = true
    judging.tell(trouble)
    screen?.journalFailed()
  })
  const replays = screen && new Replays(targets)
  const takers = [firstAnswers(targets, judging.tell), seenBy(replays, judging)]
  const emit = (exchange: Exchange) => {
    for (const take of takers) take(exchange)
  }
  const early = new EarlyNotices(judging.tell)
  const { tell } = early
  const started = await reverseOptions(options, context, targets, { ...judging, take: emit, tell })
    .then((reverse) => startReverse({ ...reverse, interception, identity: tls?.identity }))
    .catch(async (error: unknown) => {
      early.release()
      await tls?.close()
      await judging.abandon()
      throw error
    })
  running.tap = started
  announce(judging, started, { invite: clientArgs === undefined, ca: tls?.ca })
  early.release()
  if (liveServer !== undefined) await inviteViewers(judging, liveServer, screen)
  if (recording?.earlier !== undefined) judging.say(lastSession(recording.earlier))
  screen?.open({
    ...judging,
    targets,
    urls: [...started.listening.publicUrls, ...started.listening.urls],
    ca: tls?.ca,
    invitation: liveServer?.invitation,
    journal: recording?.path,
    holding: interception?.desk,
    replay: (row) => replays!.plan(row, started.listening.urls[0]!.url),
  })
  if (screen === undefined && options.has('hold'))
    judging.tell({
      code: 'hold-unattended',
      level: 'info',
      text: `Only in the terminal UI can a person decide what becomes of what is held: here it goes on unchanged after ${options.text('hold-for')} s (--hold-for).`,
    })
  judging.run.startClock()
  if (clientArgs !== undefined && !clientArgs.some((arg) => arg.includes('{url}')))
    judging.tell({
      code: 'no-url-placeholder',
      level: 'info',
      text: 'The command after -- has no {url}, so it learns the address from the variable AUTHTAP_URL or not at all. Write {url} where the address of the server belongs.',
    })
  const client =
    clientArgs === undefined
      ? undefined
      : startClient(context, clientArgs, started.listening.urls[0]!.url, tls?.ca)
  const end = await Promise.race([
    context.ending,
    judging.readerGone,
    ...(client === undefined ? [] : [client.ended]),
    ...(screen === undefined ? [] : [screen.ended]),
  ])
  if (end === 'SIGINT' || end === 'SIGTERM') hurry(judging)
  await judging.run.verified()
  await started.stop()
  await tls?.close()
  screen?.stop()
  const { code } = await judging.finish()
  await screen?.farewell(recording?.path)
  if (screen?.code !== undefined) return screen.code
  return exitWith(options, code, typeof end === 'object' ? end : undefined)
}

/** Whoever sends a signal waits for the end. */
function hurry({ run, tell }: Judging): void {
  run.hurry(1000, (count) => {
    const text = `${counted(count, 'exchange')} that came last had not been judged yet, and ${count === 1 ? 'is' : 'are'} left out: authtap was told to end.`
    tell({ code: 'left-out', level: 'warning', text })
  })
}

/** The token goes to the person once, past everything that keeps what is said. */
async function inviteViewers(
  judging: Judging,
  { url, invitation, reportBy }: LiveServer,
  screen: Screen | undefined,
): Promise<void> {
  reportBy(() => judging.run.session.report(), judging.broken)
  judging.line({
    type: 'notice',
    notice: { code: 'live', level: 'info', text: `Viewers may connect to ${url}.` },
  })
  if (screen !== undefined) for (const line of invitation.split('\n')) screen.say(line)
  else {
    const stderr = Output.standard(2)
    stderr.write(`${invitation}\n`)
    await stderr.close()
  }
}

/** What makes a report of this session, which a maintainer can be sent. */
function nextStep(
  options: Options,
  journal: string | undefined,
  { target, report }: { readonly target: string; readonly report: Report },
): string {
  const asked = options.text('journal') === undefined ? '@last' : journal
  const capture = journal === undefined ? options.text('har') : asked
  const lines =
    capture === undefined || report.capture.exchanges === 0
      ? []
      : [
          `authtap report ${capture} --output report.md  writes a redacted report to send to whoever has to act.`,
          `authtap analyze ${capture}  looks at it again.`,
        ]
  // Where a server is at fault before anybody logs in, no client is needed to ask it again.
  const asks = report.flows.every(({ outcome }) => outcome !== 'authorized') || lines.length === 0
  return [
    ...lines,
    ...(asks ? [`authtap check ${target}  asks the server itself, without a client.`] : []),
  ].join('\n      ')
}

function lastSession({ name, path }: SessionFile): string {
  return `The last session is in ${path}; authtap analyze @${name} judges it.\n`
}

function exitWith(options: Options, code: number, client: ClientEnd | undefined): number {
  if (client === undefined || options.text('exit-code') !== 'client') return code
  return client.code
}

/** Checks what was given as an MCP endpoint. */
export function targetUrl(text: string): string {
  const url = parseUrl(text)
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new UserError(
      'EUSAGE',
      `${withoutCredentials(text)} is not an http or https URL.`,
      meant(text) ?? 'Give the MCP endpoint, such as https://mcp.example.com/mcp.',
    )
  if (url.username !== '' || url.password !== '')
    throw new UserError(
      'EUSAGE',
      'The URL holds a user name or password, which MCP clients do not send.',
      'Leave them out.',
    )
  if (url.hash !== '')
    throw new UserError(
      'EUSAGE',
      'The URL has a fragment, which is never sent to a server.',
      'Leave out what follows the #.',
    )
  return text
}

/** What somebody wanted who gave this in place of a URL; a host with a port reads as a URL of the scheme "localhost". */
function meant(text: string): string | undefined {
  if (/\.(?:har|ndjson|json|txt)$/.test(text)) return `Did you mean authtap analyze ${text}?`
  const isHost = /^(?:[\w-][^:/]*|\[[\da-f:]+\])(?::\d+)?(?:\/(?!\/)|$)/i.test(text)
  return isHost ? `Did you mean http://${text}?` : undefined
}

async function reverseOptions(
  options: Options,
  context: Context,
  targets: readonly string[],
  judging: Judging,
): Promise<ReverseOptions> {
  const port = options.number('port', 0, 65_535)
  const bodyLimit = options.number('body-limit', 0)
  const host = options.text('host')
  const [ca, cert, key] = await Promise.all(['ca', 'cert', 'key'].map((name) => pem(options, name)))
  return {
    targets,
    firstContact: true,
    relay: options.text('relay') as 'auto' | 'always' | 'never',
    also: options.list('also'),
    allowOrigin: options.list('allow-origin'),
    allowRemote: options.has('allow-remote'),
    insecure: options.has('insecure'),
    ...(port === undefined ? {} : { port }),
    ...(port === 0 ? {} : { stateDir: defaultStateDir(context.env, context.platform) }),
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    ...(host === undefined ? {} : { host }),
    publicly: await publicOptions(options),
    ...(options.has('dpop') ? { dpop: 'rebind' as const } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    emit: judging.take,
    notice: judging.tell,
  }
}

/** Where we listen, how to point a client at it, and which ports must be reachable from it. */
export function announce(
  judging: Judging,
  tap: ReverseTap,
  { invite, ca }: { readonly invite: boolean; readonly ca?: string | undefined },
): void {
  const { urls, publicUrls, ports } = tap.listening
  const first = urls[0]!
  judging.line({
    type: 'listening',
    url: first.url,
    upstream: first.upstream,
    urls,
    ...(publicUrls.length === 0 ? {} : { publicUrls }),
    ports,
    relayPort: tap.listening.relayPort,
    ...(ca === undefined ? {} : { ca }),
  })
  for (const { url, upstream } of urls)
    judging.say(`${judging.style.bold('Listening')}  ${judging.style.cyan(url)}  for  ${upstream}`)
  for (const line of publicLines(tap.listening)) judging.say(line)
  if (!invite) return
  if (publicUrls.length === 0) judging.say(`\n${setupPage(urls)}\n`)
  if (ca !== undefined) judging.say(`${trustLines(ca).join('\n')}\n`)
  judging.say(
    `A client on another machine or in a container must reach these ports: ${[...new Set([...Object.values(ports), tap.listening.relayPort])].join(', ')}, and one more for each further server that metadata names.`,
  )
  judging.say(
    `Whether the server is as a client needs it tells authtap check ${first.upstream} at once, without a client.`,
  )
  judging.say(
    'Waiting for the client. It will ask you to log in once more, because authtap is a new address to it. Ctrl-C ends authtap and prints the verdict.\n',
  )
}
