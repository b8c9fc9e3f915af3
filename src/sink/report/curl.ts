import type { ExchangeEvent } from '../../core/verdict/event.ts'
import { type Exchange, bodyText, mediaType } from '../../core/wire/exchange.ts'
import { objectOf, readDocument, stringMember } from '../../core/wire/json.ts'
import { formType } from '../../core/wire/params.ts'
import { param, parseForm } from '../../core/wire/params.ts'
import type { FlowReport } from '../../core/verdict/report.ts'
import { cut } from './cut.ts'
import { verdictLine } from './verdict-line.ts'
import { type JudgedCapture, brokenExchange, flowsByInterest } from './judged-capture.ts'
import { decodedLabels } from './http-text.ts'
import { flowTitle } from './mermaid.ts'
import { Variables, comment, shellWord } from './shell-text.ts'

/** Fields that curl makes itself, or that belong to one connection. */
const ownFields = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'accept-encoding',
  'expect',
  'te',
  'cookie',
])

/** Flows beyond this are the same again. */
const flowLimit = 100

/** Calls beyond this in one flow are not worth replaying. */
const stepLimit = 100

/** A shell script that replays the flows, secrets as variables. What must not or cannot be sent again is a comment that says why. */
export function* curl(capture: JudgedCapture): Iterable<string> {
  const { verdict, text } = verdictLine(capture.report)
  yield [
    '#!/bin/sh',
    comment(`${verdict}: ${text}`),
    '# Replays the recorded requests, as far as that is possible. No secret is in this file: set the variables that a command',
    '# names, and it runs; without them it prints their names and ends.',
    'set -eu',
    '',
  ].join('\n')
  const events = new Map(capture.exchanges.map((event) => [event.exchange.id, event]))
  const replay: Replay = {
    events,
    variables: new Variables(),
    broken: brokenExchange(capture),
    spent: spentTokens(capture),
  }
  const flows = flowsByInterest(capture.report)
  for (const flow of flows.slice(0, flowLimit)) {
    yield `\n${comment(flowTitle(flow))}\n`
    yield* flowCommands(flow, replay)
  }
  const left = flows.length - flowLimit
  if (left > 0) yield `\n${comment(`${left} more flows left out`)}\n`
}

interface Replay {
  readonly events: ReadonlyMap<string, ExchangeEvent>
  readonly variables: Variables
  readonly broken: string | undefined
  /** Refresh tokens that an answer replaced. */
  readonly spent: ReadonlySet<string>
}

function spentTokens({ exchanges }: JudgedCapture): Set<string> {
  const spent = new Set<string>()
  for (const { exchange, step } of exchanges) {
    if (step.kind !== 'token') continue
    const used = param(parseForm(bodyText(exchange.request)), 'refresh_token')
    const issued = stringMember(objectOf(readDocument(exchange.response)), 'refresh_token')
    if (used !== undefined && issued !== undefined && issued !== used) spent.add(used)
  }
  return spent
}

function* flowCommands(
  flow: FlowReport,
  { events, variables, broken, spent }: Replay,
): Iterable<string> {
  const seen = new Set<string>()
  for (const { exchange: id, kind } of flow.steps.slice(0, stepLimit)) {
    const event = events.get(id)
    // A refresh, a metadata document or a call that came again is one command.
    if (event === undefined || seen.has(sameness(event.exchange))) continue
    seen.add(sameness(event.exchange))
    const mark = id === broken ? ' <- the first broken step' : ''
    yield `\n${comment(`${id}. ${event.step.summary}${mark}`)}\n`
    const refusal = refusalOf(event, spent)
    yield refusal === undefined
      ? `${command(event.exchange, variables)}\n`
      : `${refusal.map(comment).join('\n')}\n`
    if (refusal === undefined && isOutline(event.exchange))
      yield '# The capture holds only the outline of this message: fill in what is missing.\n'
    if (kind === 'registration' && refusal === undefined)
      yield '# Each run registers another client.\n'
  }
  const left = flow.steps.length - stepLimit
  if (left > 0) yield `\n${comment(`${left} further steps left out`)}\n`
}

/** Redaction leaves the outline of MCP messages and says how much it left out. */
function isOutline({ request }: Exchange): boolean {
  return bodyText(request).includes('"…":')
}

function sameness({ request }: Exchange): string {
  const authorization = request.headers.find(([name]) => name.toLowerCase() === 'authorization')
  return `${request.method} ${request.url} ${authorization?.[1] ?? ''} ${bodyText(request)}`
}

/** Why an exchange is not sent again, a line each; undefined when it may be. */
function refusalOf(
  { exchange, step }: ExchangeEvent,
  spent: ReadonlySet<string>,
): string[] | undefined {
  const { request } = exchange
  switch (step.kind) {
    case 'authorize':
      return [
        'A browser has to do this, with a state and a PKCE challenge of its own:',
        cut(decodedLabels(request.url), 4000),
      ]
    case 'callback':
      return [
        'Not replayed: the code in this response is good for one use only (RFC 6749 §4.1.2).',
        'Log in again to get another.',
      ]
    case 'token':
      return tokenRefusal(exchange, spent)
    default:
      return request.body.dropped > 0
        ? ['Not replayed: the capture does not hold the whole body.']
        : undefined
  }
}

function tokenRefusal(exchange: Exchange, spent: ReadonlySet<string>): string[] | undefined {
  const form = parseForm(bodyText(exchange.request))
  const grant = param(form, 'grant_type')
  const answer = objectOf(readDocument(exchange.response))
  if (grant === 'authorization_code' || param(form, 'code') !== undefined)
    return [
      'Refused: the authorization code is spent. A code is good for one use only: a server that sees it again should revoke the',
      'tokens it issued for it (RFC 6749 §4.1.2). Log in again, then send this with the new code and verifier.',
    ]
  if (grant === 'refresh_token' && spent.has(param(form, 'refresh_token') ?? ''))
    return [
      'Refused: the refresh token is spent, because the server replaced it. Using it again may revoke the whole login',
      '(OAuth 2.1 §4.3.1). Use the newest refresh token.',
    ]
  if (
    param(form, 'device_code') !== undefined &&
    stringMember(answer, 'access_token') !== undefined
  )
    return ['Refused: the device code is spent (RFC 8628 §3.5). Ask for another.']
  return undefined
}

function command(exchange: Exchange, variables: Variables): string {
  const { request } = exchange
  const used = new Set<string>()
  const word = (text: string) => shellWord(text, variables, (name) => used.add(name))
  const form = mediaType(request.headers) === formType && request.body.bytes.length > 0
  const parts = [
    `curl --silent --show-error --include --globoff --request ${word(request.method)}`,
    `--url ${word(decodedLabels(request.url))}`,
    ...request.headers
      .filter(([name]) => isReplayed(name) && !(form && name.toLowerCase() === 'content-type'))
      .map(([name, value]) => `--header ${word(value === '' ? `${name};` : `${name}: ${value}`)}`),
    ...(form ? formParts(exchange, word) : bodyParts(exchange, word)),
  ]
  const needed = [...used].map((name) => `: "\${${name}:?}"\n`).join('')
  return `${needed}${parts.join(' \\\n  ')}`
}

function isReplayed(name: string): boolean {
  // curl reads a header that begins with @ from a file; no field name does (RFC 9110 §5.1).
  return /^[!#$%&'*+.^_`|~0-9a-z-]{1,200}$/i.test(name) && !ownFields.has(name.toLowerCase())
}

function formParts({ request }: Exchange, word: (text: string) => string): string[] {
  return parseForm(bodyText(request)).map(
    ([name, value]) =>
      `--data-urlencode ${word(`${encodeURIComponent(name.toWellFormed())}=${value}`)}`,
  )
}

function bodyParts({ request }: Exchange, word: (text: string) => string): string[] {
  const text = bodyText(request)
  return text === '' ? [] : [`--data-raw ${word(cut(text, 100_000))}`]
}
