import { findingGroups, groupKey } from '../model/findings.ts'
import { type Tab, tabs } from '../model/state.ts'
import type { Row } from '../model/rows.ts'
import type { Safe } from '../../core/redact/redactor.ts'
import type { ExchangeEvent } from '../../core/verdict/event.ts'
import { curlCommand } from '../model/copy.ts'
import { fit, width } from '../term/width.ts'
import { stepKinds } from '../../core/step/kinds.ts'
import { type Line, blankLine, clipped, labelled, line, prose, wrapped } from './line.ts'
import { factLines, findingPage, followsFrom, markOf } from './findings.ts'
import { loudParty } from '../model/parties.ts'
import { requestPage, responsePage } from './message.ts'
import type { Scene } from './scene.ts'
import { tokenPage } from './token.ts'

/** What is continued stands a little in from the edge. */
const hanging = 3

export const tabName: Readonly<Record<Tab, string>> = {
  request: 'Request',
  response: 'Response',
  token: 'Token',
  checks: 'Checks',
  curl: 'curl',
}

/** The tabs in the border, the open one in brackets. */
export function tabTitle(row: Row | undefined, open: Tab): string {
  const names = tabs
    .map((tab) => (tab === open ? `[${tabName[tab]}]` : ` ${tabName[tab]} `))
    .join('')
  return row === undefined ? 'Detail' : `#${row.id} ${names}`
}

/** What a tab says of an exchange. */
export function detailPage(
  row: Row | undefined,
  tab: Tab | 'preview',
  scene: Scene,
  columns: number,
): Line[] {
  if (row === undefined) return prose('Nothing is selected.', columns - 1, 'dim', 1)
  const event = scene.ui.model.held.get(row.id)
  if (event === undefined) return gone(row, scene, columns)
  const lines = pageOf(event, row, tab, scene, columns)
  return scene.ui.state.wrap ? lines.flatMap((one) => wrapped(one, columns, hanging)) : lines
}

function pageOf(
  event: Safe<ExchangeEvent>,
  row: Row,
  tab: Tab | 'preview',
  scene: Scene,
  columns: number,
): Line[] {
  const { exchange } = event
  switch (tab) {
    case 'preview':
      return exchange.response === undefined && exchange.failure === undefined
        ? requestPage(exchange, scene, columns)
        : responsePage(exchange, scene, columns, 'telling-first')
    case 'request':
      return [...findingLines(row, scene, columns), ...requestPage(exchange, scene, columns)]
    case 'response':
      return [...findingLines(row, scene, columns), ...responsePage(exchange, scene, columns)]
    case 'token':
      return [
        ...findingLines(row, scene, columns),
        ...tokenPage(exchange, row.flow, scene, columns),
      ]
    case 'checks':
      return checksPage(row, scene, columns)
    case 'curl':
      return curlCommand(exchange)
        .split('\n')
        .map((one) => line(` ${one}`, /^(#|[A-Z0-9_]+='')/.test(one) ? 'secret' : undefined))
  }
}

/** What this exchange is evidence of, in short. */
function findingLines(row: Row, scene: Scene, columns: number): Line[] {
  const { ui } = scene
  const groups = ui.groups.filter(({ all }) =>
    all.some(({ evidence }) => evidence.some(({ exchange }) => exchange === row.id)),
  )
  if (groups.length === 0) return []
  return [
    ...groups.flatMap((group): Line[] => {
      const { finding } = group
      const mark = markOf(finding.severity)
      const isWitness =
        ui.parts.of(row.id)?.finding !== finding && finding.evidence[0]?.exchange !== row.id
      const whose = isWitness ? 'evidence of: ' : `${loudParty(finding)} · `
      const head: Line = [
        { text: ` ${isWitness ? '·' : mark.glyph} `, style: isWitness ? 'dim' : mark.style },
        { text: whose, style: 'strong' },
        { text: fit(finding.title, Math.max(8, columns - width(whose) - 5)) },
      ]
      if (isWitness) return [head]
      const follows = followsFrom(finding, scene, columns - 1)
      if (follows.length > 0) return [head, ...clipped(follows, 3)]
      const fix = labelled('   fix', finding.remedy, columns - 1, 7)
      const values = factLines(finding, columns - 1).slice(0, -1)
      return [head, ...values, ...clipped(fix, 2)]
    }),
    line('─'.repeat(columns), 'border'),
  ]
}

/** Every rule that objects to this exchange, whole, and those that object to others of its flow. */
function checksPage(row: Row, scene: Scene, columns: number): Line[] {
  const { model, groups } = scene.ui
  const here = new Set(model.findingsAt(row.id).map(groupKey))
  const shown = groups.filter(({ key }) => here.has(key))
  const flow = [...model.findings.values()].filter((finding) => finding.flow === row.flow)
  const elsewhere = findingGroups(model, 'severity').filter(
    ({ key, all }) => !here.has(key) && all.some((finding) => flow.includes(finding)),
  )
  return [
    [
      { text: ` ${stepKinds[row.kind].name}`, style: 'strong' },
      { text: `  ${row.summary}`, style: row.ok ? 'text' : 'fail' },
    ],
    blankLine,
    ...(shown.length === 0
      ? [line(' No rule found anything wrong with this exchange.', 'pass')]
      : shown.flatMap((group) => [
          ...findingPage(group, scene, columns, undefined).lines,
          blankLine,
        ])),
    ...(elsewhere.length === 0
      ? []
      : [
          blankLine,
          line(' Elsewhere in this flow', 'heading'),
          ...elsewhere.map(({ finding, key, evidence }): Line => {
            const mark = markOf(finding.severity)
            return [
              { text: `   ${mark.glyph} `, style: mark.style },
              { text: key },
              { text: `  #${evidence[0]?.exchange ?? ''}`, style: 'key' },
            ]
          }),
        ]),
  ]
}

function gone(row: Row, scene: Scene, columns: number): Line[] {
  return [
    ...prose(`${row.method} ${scene.shown(row.url)}`, columns - 1, 'strong', 1),
    ...prose(row.summary, columns - 1, undefined, 1),
    blankLine,
    ...prose(
      'authtap no longer holds the content of this exchange: of older calls it keeps only the line in the list. A capture file has all of it.',
      columns - 1,
      'dim',
      1,
    ),
  ]
}
