import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { Report } from '../../core/verdict/report.ts'
import type { StepKind } from '../../core/step/step.ts'
import { shortParty } from './parties.ts'
import type { Ui } from './state.ts'
import type { Model } from './model.ts'
import type { State as Mark } from '../term/theme.ts'

export interface VerdictLine {
  readonly mark: Mark
  readonly word: string
  readonly text: string
  /** The same where there is no room for it. */
  readonly short?: string
  /** What was seen, when something is broken. */
  readonly reason: string
  /** The exchange that shows it. */
  readonly exchange: string | undefined
}

/** After so long without a client something is to be said, in milliseconds. */
const patience = 45_000

/** The one answer people want, or what it still waits for. `since`: when it began to listen. */
export function verdictLine(ui: Ui, since: number, now: number): VerdictLine {
  const { model, capture } = ui
  const { report } = model
  const plain = { reason: '', exchange: undefined }
  const isUnread = capture !== undefined && model.rows.length === 0
  const progress = ui.state.progress ?? (isUnread ? `Opening ${capture}` : undefined)
  if (progress !== undefined) return { mark: 'partly', word: 'READ', text: progress, ...plain }
  const cause = model.findings.get(report?.firstBroken?.finding ?? '')
  if (cause !== undefined && report?.firstBroken?.past === true)
    return {
      mark: report.verdict === 'pass' ? 'pass' : 'blind',
      word: report.verdict === 'pass' ? 'WORKS NOW' : 'INCOMPLETE',
      text: `Before, the ${stepKinds[report.firstBroken.step].name} step was broken: ${shortParty[cause.fault]}.`,
      reason: sentence(cause.message),
      exchange: cause.evidence[0]?.exchange,
    }
  if (cause !== undefined && report?.firstBroken) {
    const likely = cause.confidence === 'likely' ? ', likely' : ''
    return {
      mark: 'fail',
      word: 'FAIL',
      text: `The ${stepKinds[report.firstBroken.step].name} step broke first: ${whoActs(cause.fault)}${likely}.`,
      short: `${report.firstBroken.step}: ${shortParty[cause.fault]} has to act`,
      reason: sentence(cause.message),
      exchange: cause.evidence[0]?.exchange,
    }
  }
  const errors = [...model.findings.values()].filter(
    ({ severity, past }) => severity === 'error' && past !== true,
  )
  if (errors[0] !== undefined)
    return {
      mark: 'fail',
      word: 'FAIL',
      text: `${errors[0].title}.`,
      reason: sentence(errors[0].message),
      exchange: errors[0].evidence[0]?.exchange,
    }
  const isCapture = capture !== undefined
  const waiting = isCapture ? endsBefore(model) : waitingFor(model, since, now)
  if (waiting !== undefined)
    return { mark: 'partly', word: isCapture ? 'PARTLY' : 'WAIT', text: waiting, ...plain }
  if (report?.verdict === 'incomplete') {
    return { mark: 'blind', word: 'INCOMPLETE', text: incomplete(model, report), ...plain }
  }
  return {
    mark: 'pass',
    word: 'PASS',
    text: `Nothing broken${isCapture ? '' : ' so far'}: ${counted(model.flows.size, 'flow')}, ${counted(report?.outcomes.pass ?? 0, 'rule')} looked and had nothing to object to.`,
    ...plain,
  }
}

/** Nothing broken was seen, and nobody was seen to get through: what was left, and what was out of sight. */
function incomplete(model: Model, report: Report): string {
  const legs = [...new Set(report.blind.map(({ leg }) => leg))]
  const outcomes = [...model.flows.values()].map(({ outcome }) => outcome)
  const what = outcomes.every((outcome) => outcome === 'looked')
    ? 'Nobody logged in'
    : 'A login was left before it got through'
  return legs.length === 0 ? `${what}.` : `${what}; not visible: ${legs.join(', ')}.`
}

function whoActs(fault: keyof typeof partyName): string {
  return fault === 'undetermined'
    ? 'it is not decided who has to act'
    : `${partyName[fault]} has to act`
}

/** What has to come next for the login to go on; undefined when nothing is waited for. */
export function waitingFor(model: Model, since: number, now: number): string | undefined {
  if (model.rows.length === 0 && model.flows.size === 0) return waitingForClient(now - since)
  const outcomes = [...model.flows.values()].map(({ outcome }) => outcome)
  if (isOpen(model)) return noLogin
  if (outcomes.some((outcome) => outcome === 'authorized')) return undefined
  const last = stages.find(({ kinds }) => model.has(...kinds))
  if (last !== undefined) return model.last('token')?.ok === false ? tokenFailed : last.waits
  return 'Traffic has come, but no OAuth yet. It begins when the server answers 401 to a call without a token.'
}

/** Calls are answered, and nothing asked for a token. */
function isOpen(model: Model): boolean {
  return model.last('mcp')?.ok === true && !model.has('challenge', 'token', 'authorize')
}

const noLogin =
  'The server answers without a login. OAuth begins when it answers 401 to a call without a token.'
const tokenFailed = 'The token request failed. Waiting for what the client does next.'

interface Stage {
  readonly kinds: readonly StepKind[]
  readonly waits: string
  /** Where a capture ends that holds no more than this. */
  readonly ends: string
}

/** How far a login has come, the last stage first. */
const stages: readonly Stage[] = [
  {
    kinds: ['token'],
    waits: 'The client has a token. Waiting for its first call with it.',
    ends: 'the client calls the server with its token',
  },
  {
    kinds: ['callback'],
    waits: 'The login came back. Waiting for the token request.',
    ends: 'the client asks for the token',
  },
  {
    kinds: ['authorize'],
    waits: 'Waiting for you to log in and agree in the browser.',
    ends: 'the login in the browser comes back',
  },
  {
    kinds: ['registration', 'pushed-request'],
    waits: 'The client is registered. Waiting for it to open the browser.',
    ends: 'the client opens the browser',
  },
  {
    kinds: ['server-metadata'],
    waits:
      'The client knows the authorization server. Waiting for it to register or to open the browser.',
    ends: 'the client registers or opens the browser',
  },
  {
    kinds: ['resource-metadata'],
    waits:
      'The client read the resource metadata. Waiting for it to ask the authorization server for its own.',
    ends: 'the client asks the authorization server for its metadata',
  },
  {
    kinds: ['challenge'],
    waits: 'The server asked for a login (401). Waiting for the client to look for its metadata.',
    ends: 'the client looks for the metadata of the server',
  },
]

/** What a capture says of a login that it holds only in part; undefined when it holds all of it. */
function endsBefore(model: Model): string | undefined {
  const outcomes = [...model.flows.values()].map(({ outcome }) => outcome)
  if (isOpen(model)) return noLogin
  if (outcomes.some((outcome) => outcome === 'authorized')) return undefined
  const last = stages.find(({ kinds }) => model.has(...kinds))
  if (last === undefined)
    return 'There is no OAuth in it: no server answers 401 to a call without a token.'
  return model.last('token')?.ok === false
    ? 'Nothing else broke than the token request, and the capture ends with it.'
    : `Nothing broke, but the capture ends before ${last.ends}.`
}

function waitingForClient(waited: number): string {
  if (waited < patience) return 'Waiting for the client to connect.'
  const minutes = Math.floor(waited / 60_000)
  const long =
    minutes < 1 ? `${Math.floor(waited / 15_000) * 15} seconds` : counted(minutes, 'minute')
  return `No client has come for ${long}. Does it use this URL? Many clients read their settings at start only: restart it.`
}
