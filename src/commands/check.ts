import { checkAgent } from '../core/clients/by-hand.ts'
import type { Report } from '../core/verdict/report.ts'
import type { Exchange, Headers } from '../core/wire/exchange.ts'
import { UserError } from '../errors.ts'
import type { Options } from '../shell/arguments.ts'
import type { Context } from '../shell/context.ts'
import { type Judging, openJudging } from '../shell/judging.ts'
import { Looks } from '../sink/text/looks.ts'
import { serverTable } from '../sink/text/servers.ts'
import { probe } from '../tap/probe/probe.ts'
import { probeRecorder } from '../tap/probe/asker.ts'
import type { Look, Tell } from '../tap/probe/look.ts'
import { version } from '../version.ts'
import { clientLooks } from './check-clients.ts'
import { loginPlan } from './check-login.ts'
import { type ProbeSettings, snapshot, watch, watching } from './check-watch.ts'
import { pem } from '../shell/pem.ts'
import { targetUrl } from './proxy.ts'

/** Walks discovery at these MCP endpoints as an honest client would, tries what is wrong, and judges the answers; logs in if asked. */
export async function check(context: Context, options: Options): Promise<number> {
  if (options.positionals.length === 0)
    throw new UserError(
      'EUSAGE',
      'The URL of the MCP server is missing, as in authtap check MCP-URL.',
      'Without a server of your own, try authtap demo.',
    )
  const targets = options.positionals.map(targetUrl)
  const watches = watching(options, targets)
  const settings = await settingsOf(options)
  const plan = await loginPlan(context, options)
  const looks = new Looks()
  const judging = await openJudging(context, options, {
    targets,
    live: true,
    toldOtherwise: true,
    more: () => [looks],
    next: ({ verdict }) => nextStep(targets[0]!, verdict, options),
  })
  const recorder = probeRecorder()
  const firsts: (string | undefined)[] = []
  const told: Look[] = []
  for (const [index, target] of targets.entries()) {
    if (targets.length > 1) judging.say(judging.style.dim(`Checking ${target}`))
    const tellNow = targets.length > 1 ? () => {} : telling(judging, looks)
    const tell: Tell = (look) => {
      told.push(look)
      tellNow(look)
    }
    const emit = (exchange: Exchange) => {
      firsts[index] ??= exchange.id
      judging.take(exchange)
    }
    const connection = `check-${index + 1}`
    const looking = probe({ ...settings, target, recorder, connection, emit, tell }, plan)
    const end = await Promise.race([looking, context.ending, judging.readerGone])
    if (typeof end !== 'object') {
      judging.run.session.markIncomplete()
      break
    }
    judging.run.catchUp()
    if (targets.length > 1) continue
    await judging.run.verified()
    judging.run.settle()
    const { session } = judging.run
    for (const look of clientLooks(session.flows, session.report())) tell(look)
  }
  await judging.run.verified()
  if (targets.length > 1) tellTable(judging, targets, firsts)
  const { report, code } = await judging.finish()
  if (!watches) return code
  const before = snapshot(told, report, judging.redactor)
  return watch(context, options, { settings, target: targets[0]!, before, code })
}

/** What is the same for every server. */
async function settingsOf(options: Options): Promise<ProbeSettings> {
  const [ca, cert, key] = await Promise.all(['ca', 'cert', 'key'].map((name) => pem(options, name)))
  return {
    agent: checkAgent(version),
    version,
    headers: options.list('header').map(readField),
    insecure: options.has('insecure'),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  }
}

/** What to do with a verdict that is no pass. */
function nextStep(target: string, verdict: Report['verdict'], options: Options): string {
  const har = options.text('har')
  const logins = ['login', 'client-credentials'].filter((name) => options.has(name))
  const same = ['authtap check', ...logins.map((name) => `--${name}`), target].join(' ')
  if (verdict === 'fail')
    return har === undefined
      ? `${same} --har check.har  keeps what was seen; authtap report check.har makes a report of it.`
      : `authtap report ${har} --output report.md  writes a redacted report to send to whoever has to act.`
  return logins.length > 0
    ? `authtap ${target}  watches your own client log in.`
    : `authtap check --login ${target}  also logs in, and tells what only a login can.`
}

/** One line a server, once all of them were looked at. */
function tellTable(
  judging: Judging,
  targets: readonly string[],
  firsts: readonly (string | undefined)[],
): void {
  judging.run.settle()
  const report = judging.redactor.value(judging.run.session.report())
  const flowOf = (first: string | undefined) =>
    report.flows.find(({ steps }) => steps.some(({ exchange }) => exchange === first))?.id
  const servers = targets.map((url, index) => ({ url, flow: flowOf(firsts[index]) }))
  judging.say(['', ...serverTable(servers, report, judging.style)].join('\n'))
}

/** Prints what was looked at once it is judged. */
function telling(judging: Judging, looks: Looks): Tell {
  return (look) => {
    judging.run.catchUp()
    judging.line({ type: 'look', look })
    judging.say(looks.lines(look, judging.style).join('\n'))
  }
}

/** `Name: value`, as curl takes it. */
function readField(text: string): Headers[number] {
  const [, name, value] =
    /^([!#$%&'*+\-.^_`|~\w]+):[ \t]*([\x21-\x7e][\x20-\x7e]*)$/.exec(text) ?? []
  if (name !== undefined && value !== undefined) return [name, value]
  throw new UserError(
    'EUSAGE',
    '--header must be a name, a colon and a value.',
    'Write it as in --header "X-Tenant: acme".',
  )
}
