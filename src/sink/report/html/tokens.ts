import { isObject, member, stringMember } from '../../../core/wire/json.ts'
import type { LabelFacts } from '../../../core/wire/label.ts'
import type { ExchangeEvent } from '../../../core/verdict/event.ts'
import { bodyText } from '../../../core/wire/exchange.ts'
import type { FlowReport } from '../../../core/verdict/report.ts'
import type { JudgedCapture } from '../judged-capture.ts'

export interface TokenView {
  readonly label: string
  readonly facts: LabelFacts
  /** The exchange that brought it. */
  readonly exchange: string
  /** The same for tokens that take one another's place. */
  readonly whose: string
  readonly claims: readonly ClaimView[]
}

export interface ClaimView {
  readonly name: string
  readonly value: string
  /** What should stand there, in words; undefined where nothing is expected. */
  readonly expected?: string
  readonly agrees?: boolean
}

/** A token that came in the place of an earlier one. */
export interface RenewedToken {
  readonly label: string
  readonly exchange: string
  readonly changes: readonly {
    readonly name: string
    readonly was: string
    readonly is: ClaimView
  }[]
}

export interface Tokens {
  /** The first of each resource and issuer, with all that it says. */
  readonly first: readonly TokenView[]
  /** The others: what each says that the one before it did not. */
  readonly renewed: readonly RenewedToken[]
}

/** New in every token, so that they tell nothing (RFC 7519 §4.1). */
const fleeting = new Set(['exp', 'nbf', 'iat', 'jti', 'auth_time'])

/** Tokens that say something about themselves, each beside what the flow expects of it, or what is new in it. */
export function tokensOf(capture: JudgedCapture): Tokens {
  const first: TokenView[] = []
  const renewed: RenewedToken[] = []
  const last = new Map<string, TokenView>()
  for (const view of tokenViews(capture)) {
    const before = last.get(view.whose)
    if (before === undefined) first.push(view)
    else {
      const { label, exchange } = view
      renewed.push({ label, exchange, changes: changesOf(before, view) })
    }
    last.set(view.whose, view)
  }
  return { first, renewed }
}

function changesOf(before: TokenView, now: TokenView): RenewedToken['changes'] {
  const was = new Map(before.claims.map((claim) => [claim.name, claim]))
  const is = new Set(now.claims.map(({ name }) => name))
  const gone = before.claims
    .filter(({ name }) => !is.has(name))
    .map(({ name, value }) => ({ name, was: value, is: { name, value: 'absent' } }))
  const changed = now.claims
    .filter(({ name, value, agrees }) =>
      fleeting.has(name) ? agrees === false : was.get(name)?.value !== value,
    )
    .map((claim) => ({ name: claim.name, was: was.get(claim.name)?.value ?? 'absent', is: claim }))
  return [...changed, ...gone]
}

function tokenViews(capture: JudgedCapture): TokenView[] {
  const brought = broughtTokens(capture)
  return Object.entries(capture.labels).flatMap(([label, facts]) => {
    const issuing = brought.get(label)
    if (issuing === undefined || facts.claims === undefined || !isAccessToken(facts)) return []
    const flow = capture.report.flows.find(({ id }) => id === issuing.flow)
    const at = issuing.exchange.startedAt
    return [
      {
        label,
        facts,
        exchange: issuing.exchange.id,
        whose: `${flow?.resource} ${flow?.issuer}`,
        claims: claimViews(facts, flow, at),
      },
    ]
  })
}

/** Labels in the answers of token endpoints, each with the first that brought it. */
function broughtTokens({ exchanges }: JudgedCapture): Map<string, ExchangeEvent> {
  const brought = new Map<string, ExchangeEvent>()
  for (const event of exchanges) {
    const { response } = event.exchange
    if (event.step.kind !== 'token' || response === undefined) continue
    for (const [label] of bodyText(response).matchAll(/‹[a-z0-9_]{1,40}:[0-9a-f]{16}›/g))
      if (!brought.has(label)) brought.set(label, event)
  }
  return brought
}

function isAccessToken({ kind }: LabelFacts): boolean {
  return kind === 'access_token' || kind === 'token' || kind === 'jwt'
}

function claimViews(
  { claims }: LabelFacts,
  flow: FlowReport | undefined,
  issuedAt: number,
): ClaimView[] {
  return Object.entries(claims ?? {}).map(([name, value]) => ({
    name,
    value: shown(value) + momentOf(name, value),
    ...expectation(name, value, flow, issuedAt),
  }))
}

function expectation(
  name: string,
  value: unknown,
  flow: FlowReport | undefined,
  issuedAt: number,
): Pick<ClaimView, 'expected' | 'agrees'> {
  switch (name) {
    case 'aud':
      return expected(flow?.resource, (resource) => list(value).includes(resource), 'contains ')
    case 'iss':
      return expected(flow?.issuer, (issuer) => value === issuer)
    case 'client_id':
    case 'azp':
      return expected(flow?.clientId, (clientId) => value === clientId)
    case 'exp':
      return moment(value, (time) => time > issuedAt, 'later than the answer')
    case 'nbf':
    case 'iat':
      return moment(value, (time) => time <= issuedAt + 60_000, 'not later than the answer')
    default:
      return {}
  }
}

function expected(
  wanted: string | null | undefined,
  holds: (wanted: string) => boolean,
  how = '',
): Pick<ClaimView, 'expected' | 'agrees'> {
  return typeof wanted === 'string' ? { expected: how + wanted, agrees: holds(wanted) } : {}
}

function moment(
  value: unknown,
  holds: (milliseconds: number) => boolean,
  expected: string,
): Pick<ClaimView, 'expected' | 'agrees'> {
  return typeof value === 'number' ? { expected, agrees: holds(value * 1000) } : {}
}

/** Seconds since the epoch as people read them (RFC 7519 §2, NumericDate). */
function momentOf(name: string, value: unknown): string {
  if (!['exp', 'nbf', 'iat', 'auth_time'].includes(name) || typeof value !== 'number') return ''
  const date = new Date(value * 1000)
  return Number.isNaN(date.getTime()) ? '' : ` (${date.toISOString().replace('T', ' ')})`
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value]
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value)
}

/** The header of a token, as `alg RS256, kid …, typ at+jwt`. */
export function headerLine({ header }: LabelFacts): string {
  return ['typ', 'alg', 'kid']
    .flatMap((name) => {
      const value = stringMember(header, name) ?? member(header, name)
      return value === undefined ? [] : [`${name} ${shown(value)}`]
    })
    .join(', ')
}
