import type { Exchange } from '../../core/wire/exchange.ts'
import type { JsonObject } from '../../core/wire/json.ts'
import { type CarriedToken, carriedTokens } from '../model/tokens.ts'
import { param, queryParams } from '../../core/wire/params.ts'
import type { Finding } from '../../core/verdict/report.ts'
import { quoted } from '../../core/verdict/quote.ts'
import { type State, marks } from '../term/theme.ts'
import { pad } from '../term/width.ts'
import { type Line, blankLine, line, prose } from './line.ts'
import { jsonLines } from './message.ts'
import type { Scene } from './scene.ts'

/** The tokens of an exchange: their claims against what was to be expected. */
export function tokenPage(exchange: Exchange, flow: string, scene: Scene, columns: number): Line[] {
  const tokens = carriedTokens(exchange, scene.facts)
  if (tokens.length === 0) return prose('This exchange carries no token.', columns - 1, 'dim', 1)
  return tokens.flatMap((token, place) => [
    ...(place === 0 ? [] : [blankLine]),
    ...tokenLines(token, exchange, flow, scene, columns),
  ])
}

function tokenLines(
  token: CarriedToken,
  exchange: Exchange,
  flow: string,
  scene: Scene,
  columns: number,
): Line[] {
  const { name, label, side, length, header, claims } = token
  const way = side === 'request' ? 'sent' : 'received'
  const head: Line[] = [
    [
      { text: ` ${name}`, style: 'strong' },
      { text: ` ${way}  ${length === 0 ? '' : `${length} characters  `}`, style: 'dim' },
      { text: scene.shown(label).slice(0, 4000), style: 'secret' },
    ],
  ]
  if (claims === undefined)
    return [
      ...head,
      ...prose(
        header === undefined
          ? 'The token is opaque: its content cannot be read or compared.'
          : 'The token is encrypted: only its header can be read.',
        columns - 1,
        'dim',
        1,
      ),
      ...(header === undefined ? [] : jsonLines(header)),
    ]
  return [
    ...head,
    blankLine,
    ...comparison(claims, exchange, flow, scene, columns),
    blankLine,
    ...(header === undefined ? [] : [line(' header', 'heading'), ...jsonLines(header), blankLine]),
    line(' claims', 'heading'),
    ...jsonLines(claims),
  ]
}

interface Comparison {
  readonly claim: string
  readonly expected: string
  readonly got: string
  readonly state: State
}

function comparison(
  claims: JsonObject,
  exchange: Exchange,
  flow: string,
  scene: Scene,
  columns: number,
): Line[] {
  const rows = compare(claims, exchange, flow, scene)
  const room = Math.max(10, Math.floor((columns - 15) / 2))
  return [
    [{ text: `   ${pad('claim', 10)} ${pad('expected', room)} got`, style: 'dim' }],
    ...rows.flatMap(({ claim, expected, got, state }): Line[] => {
      const mark = marks[state]
      const [left, right] = [prose(expected, room), prose(got, room)]
      return Array.from({ length: Math.max(left.length, right.length) }, (_, place): Line => [
        { text: place === 0 ? ` ${mark.glyph} ` : '   ', style: mark.style },
        { text: `${pad(place === 0 ? claim : '', 10)} `, style: 'key' },
        { text: `${pad(left[place]?.[0]?.text ?? '', room)} ` },
        {
          text: right[place]?.[0]?.text ?? '',
          style: state === 'fail' ? 'fail' : state === 'warn' ? 'warn' : 'text',
        },
      ])
    }),
  ]
}

/** What a rule objects to is a fault. What merely differs is said to differ: a rule knows more than a comparison. */
function compare(claims: JsonObject, exchange: Exchange, id: string, scene: Scene): Comparison[] {
  const { model } = scene.ui
  const flow = model.flows.get(id)
  const found = [...model.findings.values()].filter((finding) => finding.flow === id)
  const has = (name: string) => Object.hasOwn(claims, name)
  const judged = (claim: string, agrees: boolean | undefined): State =>
    objection(found, claim) ?? (agrees === undefined ? 'info' : agrees ? 'pass' : 'warn')
  const rows: Comparison[] = []
  const row = (
    claim: string,
    expected: string,
    agrees: boolean | undefined,
    got = has(claim) ? shownClaim(claims[claim]) : '(not there)',
  ) => rows.push({ claim, expected, got, state: judged(claim, agrees) })
  const resource = flow?.resource ?? undefined
  if (resource !== undefined)
    row(
      'aud',
      resource,
      listOf(claims['aud']).some((one) => sameUrl(one, resource)),
    )
  if (flow?.issuer)
    row('iss', flow.issuer, has('iss') ? sameUrl(claims['iss'], flow.issuer) : undefined)
  const at = exchange.startedAt / 1000
  if (typeof claims['exp'] === 'number')
    row(
      'exp',
      `after ${stamp(at)}`,
      claims['exp'] > at,
      `${stamp(claims['exp'])} (${span(claims['exp'] - at)})`,
    )
  else row('exp', `after ${stamp(at)}`, undefined)
  if (typeof claims['nbf'] === 'number')
    row(
      'nbf',
      `not after ${stamp(at)}`,
      claims['nbf'] <= at + 60,
      `${stamp(claims['nbf'])} (${span(claims['nbf'] - at)})`,
    )
  const asked = askedScope(id, scene)
  // Some write scp, as a list (Okta, Microsoft Entra).
  const scope = claims['scope'] ?? claims['scp']
  const granted = words(scope)
  if (asked !== undefined)
    row(
      'scope',
      asked,
      words(asked).every((scope) => granted.includes(scope)),
      scope === undefined ? undefined : granted.join(' '),
    )
  if (flow?.clientId)
    row(
      'client_id',
      flow.clientId,
      has('client_id') ? claims['client_id'] === flow.clientId : undefined,
    )
  return rows
}

function objection(findings: readonly Finding[], claim: string): State | undefined {
  const cited = findings.filter(({ evidence }) =>
    evidence.some(({ at }) => at.endsWith(`.jwt.${claim}`)),
  )
  if (cited.some(({ severity, causedBy }) => severity === 'error' && causedBy === null))
    return 'fail'
  return cited.some(({ severity, causedBy }) => severity === 'warning' && causedBy === null)
    ? 'warn'
    : undefined
}

/** The scope that the client asked for when the browser was sent off. */
function askedScope(flow: string, scene: Scene): string | undefined {
  const { model } = scene.ui
  const step = model.flows.get(flow)?.steps.findLast(({ kind }) => kind === 'authorize')
  const url = model.row(step?.exchange)?.url
  return url === undefined ? undefined : param(queryParams(url), 'scope')
}

function shownClaim(value: unknown): string {
  return typeof value === 'string'
    ? value
    : value === undefined
      ? ''
      : JSON.stringify(value) || quoted(value)
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function words(value: unknown): string[] {
  return typeof value === 'string'
    ? value.split(' ').filter((word) => word !== '')
    : listOf(value).filter((one) => typeof one === 'string')
}

function sameUrl(a: unknown, b: string): boolean {
  return typeof a === 'string' && a.replace(/\/$/, '') === b.replace(/\/$/, '')
}

/** Seconds since the epoch as people read them, where they are. */
function stamp(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toTimeString().slice(0, 8)
}

function span(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  const sign = seconds < 0 ? '−' : '+'
  if (Math.abs(seconds) < 120) return `${sign}${Math.abs(Math.round(seconds))} s`
  return Math.abs(minutes) < 120
    ? `${sign}${Math.abs(minutes)} min`
    : `${sign}${Math.round(Math.abs(minutes) / 60)} h`
}
