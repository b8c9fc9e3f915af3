import { type Fact, factOf, factText } from '../../core/verdict/fact.ts'
import { counted, partyName } from '../../core/verdict/words.ts'
import type { State as Mark } from '../term/theme.ts'
import { type Broken, brokenFirst, currentFlows, currentVerdict, stepName } from './attempt.ts'
import type { Model } from './model.ts'
import { loudParty, shortLoudParty } from './parties.ts'
import { type Row, clock } from './rows.ts'
import type { Ui } from './state.ts'
import { endsBefore, waitingFor } from './waiting.ts'

export interface VerdictLine {
  readonly mark: Mark
  readonly word: string
  /** Where, and whose; each with a shorter form where there is one. */
  readonly head: readonly (readonly [long: string, short?: string])[]
  /** What is wrong, or all there is to say. */
  readonly fact: Fact
  /** The action whose key goes there, and what it does in a word. */
  readonly key?: readonly [action: string, text: string]
  /** The exchange that shows it. */
  readonly exchange: string | undefined
}

/** The whole of it in one sentence. */
export function verdictText({ head, fact }: VerdictLine): string {
  return [...head.map(([long]) => long), factText(fact)].join(' · ')
}

/** The one answer people want about the current attempt, or what it still waits for. `since`: when it began to listen. */
export function verdictLine(ui: Ui, since: number, now: number): VerdictLine {
  const { model, capture } = ui
  const isUnread = capture !== undefined && model.rows.length === 0
  const progress = ui.state.progress ?? (isUnread ? `Opening ${capture}` : undefined)
  if (progress !== undefined) return plain('partly', 'READ', progress)
  const broken = brokenFirst(model)
  if (broken !== undefined && !broken.past) return failed(model, broken)
  const verdict = currentVerdict(model)
  if (verdict === 'pass')
    return broken === undefined ? passed(model, capture !== undefined) : mended(model, broken)
  const isLive = capture === undefined && !ui.state.over
  const waits = isLive ? waitingFor(model, since, now) : endsBefore(model)
  if (waits !== undefined && isLive)
    return {
      ...plain('partly', 'WAITING', waits),
      ...(model.rows.length === 0 ? { key: ['connect', 'how to connect'] } : {}),
    }
  if (waits !== undefined) return plain('blind', 'INCOMPLETE', waits)
  if (verdict === 'incomplete') return incomplete(model, broken)
  return passed(model, capture !== undefined)
}

function plain(mark: Mark, word: string, text: string): VerdictLine {
  return { mark, word, head: [], fact: { subject: text }, exchange: undefined }
}

function failed(model: Model, { finding, exchange }: Broken): VerdictLine {
  const name = (isShort: boolean) => stepName(model, exchange, finding.flow, isShort)
  return {
    mark: 'fail',
    word: 'FAIL',
    head: [
      [name(false), name(true)],
      [loudParty(finding), shortLoudParty(finding)],
    ],
    fact: factOf(finding),
    key: ['broken', 'go there'],
    exchange,
  }
}

/** It works, and what had been wrong. */
function mended(model: Model, broken: Broken): VerdictLine {
  const { finding, exchange } = broken
  const by = model.flows.get(finding.flow)?.by ?? finding.flow
  const works = worksIn(model) ?? model.row(model.flows.get(by)?.steps[0]?.exchange)
  const at = works?.startedAt
  const flow = (works?.flow ?? by).replace(/^w/, '')
  return {
    mark: 'pass',
    word: 'WORKS NOW',
    head: [[`flow ${flow}${at === undefined ? '' : `, ${clock(at)}`}`, `flow ${flow}`]],
    fact: { subject: beforeText(model, broken) },
    key: ['attempt', 'new attempt'],
    exchange,
  }
}

/** The newest call that was answered, in a flow that got through. */
function worksIn(model: Model): Row | undefined {
  for (let index = model.rows.length - 1; index >= (model.from ?? 0); index -= 1) {
    const row = model.rows.at(index)!
    if (row.kind === 'mcp' && row.ok && model.flows.get(row.flow)?.outcome === 'authorized')
      return row
  }
  return undefined
}

function beforeText(model: Model, { finding, exchange }: Broken): string {
  const step = stepName(model, exchange, finding.flow, false)
  return `before: ${step}, ${factText(factOf(finding))} (${partyName[finding.fault]})`
}

function passed(model: Model, isCapture: boolean): VerdictLine {
  const flows = currentFlows(model)
  const through = flows.filter(({ outcome }) => outcome === 'authorized').length
  const calls = flows.reduce((sum, flow) => sum + flow.calls, 0)
  const what = through === 0 ? counted(flows.length, 'flow') : `${counted(through, 'login')} worked`
  return plain(
    'pass',
    'PASS',
    `${what}, ${counted(calls, 'MCP call')}. Nothing broken${isCapture ? '' : ' so far'}: ${counted(model.report?.outcomes.pass ?? 0, 'rule')} looked and found nothing wrong.`,
  )
}

/** Nothing broken was seen, and nobody was seen to get through: what was left, and what was out of sight. */
function incomplete(model: Model, broken: Broken | undefined): VerdictLine {
  const legs = [...new Set(model.report?.blind.map(({ leg }) => leg))]
  const outcomes = currentFlows(model).map(({ outcome }) => outcome)
  const what = outcomes.every((outcome) => outcome === 'looked')
    ? 'Nobody logged in'
    : 'A login was left unfinished'
  const unseen = legs.length === 0 ? '' : `; not visible: ${legs.join(', ')}`
  const before = broken === undefined ? '' : ` · ${beforeText(model, broken)}`
  return plain('blind', 'INCOMPLETE', `${what}${unseen}${before}`)
}
