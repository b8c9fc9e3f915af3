import { counted, partyName, sentence } from '../../core/verdict/words.ts'
import { type FindingGroup, isStanding } from '../model/findings.ts'
import { factOf, factText, nameAt } from '../../core/verdict/fact.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import type { Finding, Severity } from '../../core/verdict/report.ts'
import { culpritOf } from '../model/attempt.ts'
import { loudParty, shortParty } from '../model/parties.ts'
import type { Frame } from '../term/frame.ts'
import { type Mark, marks } from '../term/theme.ts'
import { pad, width } from '../term/width.ts'
import {
  type Line,
  type Span,
  blankLine,
  labelled,
  line,
  prose,
  putLine,
  scrollBar,
} from './line.ts'
import { flowNumber } from './list.ts'
import type { Scene } from './scene.ts'

export function markOf(severity: Severity): Mark {
  return severity === 'error' ? marks.fail : severity === 'warning' ? marks.warn : marks.info
}

/** What was mended since is no alarm. */
export function markOfGroup(group: FindingGroup): Mark {
  return isStanding(group) ? markOf(group.finding.severity) : marks.notSeen
}

/** The rules that found something, what follows from each below it. */
export function drawRules(frame: Frame, scene: Scene, top: number): void {
  const { ui, theme } = scene
  const { groups } = ui
  if (groups.length === 0) {
    prose('No findings so far.', frame.columns - 2, 'dim', 1).forEach((one, y) =>
      putLine(frame, y, one, theme),
    )
    return
  }
  groups.slice(top, top + frame.rows).forEach((group, y) => {
    const { finding, depth, times } = group
    const mark = markOfGroup(group)
    const head = depth > 0 ? `${'  '.repeat(depth - 1)}└ ` : ''
    const room = frame.columns - width(head) - 9
    const chosen = group === ui.group
    const text = ` ${head}${mark.glyph} ${pad(finding.title, room)} ${`×${times}`.padStart(4)}`
    frame.put(0, y, pad(text, frame.columns), chosen ? theme.selected : theme.text)
    if (!chosen) frame.put(1 + width(head), y, mark.glyph, theme[mark.style])
  })
  scrollBar(frame, frame.columns - 1, 0, frame.rows, { top, total: groups.length }, theme)
}

/** A finding whole. The line on which each piece of evidence stands comes with it. */
export function findingPage(
  group: FindingGroup | undefined,
  scene: Scene,
  columns: number,
  cursor: number | undefined,
): { lines: Line[]; evidence: number[] } {
  if (group === undefined) {
    const text =
      'When something breaks, this page says what broke, who has to act, why, and how to mend it.'
    return { lines: prose(text, columns - 1, 'dim', 1), evidence: [] }
  }
  const { ui } = scene
  const { finding } = group
  const mark = markOfGroup(group)
  const room = columns - 1
  const lines: Line[] = [
    ...prose(`${mark.glyph} ${finding.title}`, room, mark.style, 1),
    [
      { text: ` ${loudParty(finding)}`, style: 'strong' },
      { text: ` · ${spread(group, scene)}`, style: 'dim' },
    ],
    ...followsFrom(finding, scene, room),
    blankLine,
    ...(finding.expected === undefined
      ? seenLines(group, room)
      : factLines(finding, room).slice(0, -1)),
    ...(finding.candidates ?? []).flatMap(({ fault, why }) =>
      labelled(' maybe', `${partyName[fault]}: ${why}`, room, 8),
    ),
    blankLine,
    line(` Evidence (${group.evidence.length})`, 'heading'),
  ]
  const evidence: number[] = []
  group.evidence.forEach((one, place) => {
    evidence.push(lines.length)
    const row = ui.model.row(one.exchange)
    const step = row === undefined ? '' : ` ${stepKinds[row.kind].word}`
    const chosen = cursor === place
    lines.push([
      { text: chosen ? ' ▶ ' : '   ' },
      { text: `#${one.exchange}`, style: chosen ? 'selected' : 'key' },
      { text: `${step} ${placeWords(one.at)}`, style: 'name' },
    ])
    const text = one.text === '' ? 'absent' : one.text.replaceAll(/\s*[\r\n]+\s*/g, ' ')
    lines.push(...prose(scene.shown(text), room, one.text === '' ? 'dim' : 'string', 5))
    if (one.client !== undefined)
      lines.push(...prose(`the client saw ${scene.shown(one.client)}`, room, 'dim', 5))
    if (one.note !== undefined) lines.push(...prose(`(${one.note})`, room, 'dim', 5))
  })
  lines.push(
    blankLine,
    ...(finding.expected === undefined
      ? []
      : [line(' Seen', 'heading'), ...seenLines(group, room, 3), blankLine]),
    ...section(
      'Fix',
      [finding.remedy, ...(finding.hint === undefined ? [] : [finding.hint])],
      room,
    ),
    ...section('Why', [finding.why], room),
    line(' Specification', 'heading'),
    ...finding.spec.flatMap(({ ref, url }) => [
      ...prose(ref, room, 'info', 3),
      ...prose(url, room, 'dim', 3),
    ]),
    blankLine,
    [{ text: ' rule      ', style: 'key' }, { text: group.key }],
    ...causeLines(group, scene),
  )
  return { lines, evidence }
}

const partWords: Readonly<Record<string, string>> = {
  jwt: 'claim',
  form: 'parameter',
  query: 'parameter',
  header: 'field',
  json: 'member',
}

/** A place as people say it: `response, claim aud`. */
export function placeWords(at: string): string {
  const [, side, part = ''] = /^(request|response)\.([a-z]+)[./]/.exec(at) ?? []
  const word = partWords[part]
  return word === undefined ? at : `${side}, ${word} ${nameAt(at)}`
}

function seenLines(group: FindingGroup, room: number, indent = 1): Line[] {
  return seen(group).flatMap((text) => prose(text, room, undefined, indent))
}

/** Findings of one group may say different things. */
function seen({ all }: FindingGroup): string[] {
  const said = [...new Set(all.map(({ message }) => sentence(message)))]
  const rest = said.length - 3
  return rest > 0 ? [...said.slice(0, 3), `… and ${counted(rest, 'other')}`] : said
}

function causeLines({ finding }: FindingGroup, { ui }: Scene): Line[] {
  const effects = [...ui.model.findings.values()].filter(({ causedBy }) => causedBy === finding.id)
  return [
    ...(effects.length === 0
      ? []
      : [
          [
            { text: ' causes    ', style: 'key' } as Span,
            { text: [...new Set(effects.map(({ rule }) => rule))].join(', ') },
          ],
        ]),
    ...(finding.basis === 'recorded'
      ? [line(' The value was redacted; this comes from the record of the session.', 'dim')]
      : []),
  ]
}

/** Which flows show it, how often, and how much follows from it. */
function spread({ all, times, isFirstBroken }: FindingGroup, { ui }: Scene): string {
  const flows = [...new Set(all.map(({ flow }) => flowNumber(flow)))]
  const ids = new Set(all.map(({ id }) => id))
  const effects = [...ui.model.findings.values()].filter(({ causedBy }) => ids.has(causedBy ?? ''))
  return [
    ...(isFirstBroken ? ['broke first'] : []),
    `${flows.length === 1 ? 'flow' : 'flows'} ${flows.slice(0, 6).join(', ')}${flows.length > 6 ? ' …' : ''}`,
    `×${times}`,
    ...(effects.length === 0 ? [] : [`+${counted(effects.length, 'consequence')}`]),
    ...(all.every(({ past }) => past === true) ? ['mended since'] : []),
  ].join(' · ')
}

/** What follows from another finding is mended there. */
export function followsFrom(finding: Finding, { ui }: Scene, room: number): Line[] {
  const cause = ui.model.findings.get(finding.causedBy ?? '')
  if (cause === undefined) return []
  const at = culpritOf(ui.model, cause)
  const text = `↳ follows from ${at === undefined ? '' : `#${at}: `}${factText(factOf(cause))} (${shortParty[cause.fault]}). Mend it there: ${cause.remedy}`
  return prose(text, room, 'warn', 1)
}

/** The two values that disagree, below each other. */
export function factLines({ found, expected, ...finding }: Finding, room: number): Line[] {
  if (expected === undefined) return []
  const { subject } = factOf({ ...finding, expected })
  return [
    ...labelled(' expected', `${subject} ${expected}`, room, 11, 'pass'),
    ...labelled(
      ' got',
      found === undefined ? `no ${subject}` : `${subject} ${found}`,
      room,
      11,
      'fail',
    ),
    blankLine,
  ]
}

function section(title: string, texts: readonly string[], columns: number): Line[] {
  return [
    line(` ${title}`, 'heading'),
    ...texts.flatMap((text) => prose(text, columns, undefined, 3)),
    blankLine,
  ]
}
