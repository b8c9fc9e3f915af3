import type { Flow } from '../flow/flow.ts'
import { isOfCheck } from '../clients/by-hand.ts'
import { claimedExpiry, expiryOf } from '../step/lifetime.ts'
import { asides } from '../step/kinds.ts'
import { said } from '../step/refusal.ts'
import type { Callback, Challenge, McpCall, Preflight, Step } from '../step/step.ts'
import { isOwnDoing } from '../wire/exchange.ts'
import type { FlowOutcome } from './report.ts'

/** How a login attempt ended, and the step that was lost, where one was. */
export interface Ending {
  readonly outcome: Exclude<FlowOutcome, 'superseded'>
  /** The first step that failed and was not made good; undefined where none was. */
  readonly lost: Step | undefined
}

/** How an attempt ended. What had got through and was lost is over, and no failure, once its client logged in anew. */
export function endingOf(flow: Flow): Ending {
  const ending = endingByItself(flow)
  const isOver =
    ending.lost !== undefined && flow.around.repeated && lastThrough(flow) !== undefined
  return isOver ? { outcome: 'authorized', lost: undefined } : ending
}

/** How an attempt ended, whatever its client did afterwards: from what got through, and what was lost after it. */
export function endingByItself(flow: Flow): Ending {
  const wasIn = isLetIn(flow)
  const lost = lostIn(flow, wasIn)
  if (wasIn && lost === undefined && !asksForMore(flow)) return { outcome: 'authorized', lost }
  if (isBegun(flow) || lost !== undefined) {
    // Somebody else got through: to have asked in a wrong way without a token is no login.
    if (lost !== undefined && !isBegun(flow) && flow.around.reached && isLook(lost))
      return { outcome: 'looked', lost: undefined }
    if (lost !== undefined && (flow.settled || flow.waited('backChannel')))
      return { outcome: 'failed', lost }
    return { outcome: flow.settled ? 'abandoned' : 'in-progress', lost: undefined }
  }
  if (!flow.settled) return { outcome: 'in-progress', lost }
  const left = looksAround(flow) && !flow.around.reached && !flow.steps.some(isOfCheck)
  return { outcome: left ? 'abandoned' : 'looked', lost }
}

/** A call was refused after the last one that got through, and the login that its client began for it has not ended. */
function asksForMore(flow: Flow): boolean {
  const through = lastThrough(flow)
  if (through === undefined) return false
  const begun = flow
    .of('authorize', 'pushed-request', 'device-authorization')
    .findLast(({ order }) => order > through.order)
  if (begun === undefined || flow.after(begun, 'token').some(({ ok }) => ok)) return false
  return flow
    .before(begun, 'challenge')
    .some(
      ({ order, authorization, isRequest }) =>
        order > through.order && authorization.length > 0 && isRequest,
    )
}

function lostIn(flow: Flow, wasIn: boolean): Step | undefined {
  const through = lastThrough(flow)
  return flow.steps.find(
    (step) =>
      !asides.has(step.kind) &&
      (through === undefined || step.order > through.order) &&
      isLost(step, flow, wasIn),
  )
}

function looksAround(flow: Flow): boolean {
  return flow.of('resource-metadata', 'server-metadata', 'registration').length > 0
}

/** It stopped on its way, as far as is seen yet: when the same client gets through later, that is what became of it. */
export function isLeft(flow: Flow): boolean {
  const { outcome } = endingByItself(flow)
  if (outcome !== 'in-progress' && outcome !== 'looked')
    return outcome === 'failed' || outcome === 'abandoned'
  return isBegun(flow) || looksAround(flow) || lostIn(flow, isLetIn(flow)) !== undefined
}

/** A login was begun, or a token presented. */
export function isBegun(flow: Flow): boolean {
  return (
    flow.of('authorize', 'pushed-request', 'device-authorization', 'token', 'callback').length >
      0 || flow.mcpCalls.some(({ authorization }) => authorization.length > 0)
  )
}

/**
 * The newest request with a token that was answered as MCP, be it with an error that is not about the token. What failed
 * before it is made good; a stream, a notification or the end of a session makes nothing good.
 */
export function lastThrough(flow: Flow): McpCall | undefined {
  return flow.of('mcp').findLast(gotThrough)
}

export function gotThrough(call: McpCall): boolean {
  return call.isRequest && isAccepted(call)
}

/** The token of this attempt was accepted, if only for a stream or a notification. */
export function isLetIn(flow: Flow): boolean {
  return flow.of('mcp').some(isAccepted)
}

function isAccepted(call: McpCall): boolean {
  return call.authorization.length > 0 && call.isMcp && !speaksOfCredentials(call)
}

/** The error of a message or a tool says that the token is missing or no good. */
export function speaksOfCredentials(step: McpCall | Challenge): boolean {
  return said(step, 'credential-missing', 'credential-refused') !== undefined
}

/** The server told whoever asked that it was asked in a wrong way; it did not break down over a request. */
function isLook(step: Step): boolean {
  if (!isMcp(step)) return false
  return !step.isRequest || (step.status !== undefined && step.status >= 400 && step.status < 500)
}

function isMcp(step: Step): step is McpCall | Challenge {
  return step.kind === 'mcp' || step.kind === 'challenge'
}

/** The step failed, and nothing that came later made it good. @param wasIn the attempt had got through before */
function isLost(step: Step, flow: Flow, wasIn: boolean): boolean {
  const { failure } = step.exchange
  // What authtap cut off or could not pass on, nobody failed.
  if (isOwnDoing(failure)) return false
  // What became of it was not seen: the browser was sent on, or the capture ends here.
  const isBrowser = step.kind === 'authorize' || step.kind === 'callback'
  if (
    step.status === undefined &&
    (failure === undefined || (isBrowser && !isNetwork(failure.phase)))
  )
    return false
  // Clients end their streams and give up what they no longer need; only one that was never answered tells anything.
  const mayGiveUp = step.status !== undefined || (wasIn && isMcp(step)) || isQuick(step)
  if (failure?.phase === 'client-gone' && mayGiveUp) return false
  switch (step.kind) {
    case 'mcp':
      return isLostCall(step, flow, wasIn)
    case 'challenge':
      return isLostChallenge(step, flow, wasIn)
    case 'resource-metadata':
    case 'server-metadata':
      // A place where it is not is part of the search, until the last one was asked.
      if (isMissing(step) && flow.after(step, step.kind).length > 0) return false
      return !wasIn && !step.ok && (isLastWord(step, flow) || !isFoundElsewhere(step, flow))
    case 'registration':
      return (
        !step.ok && flow.after(step, 'registration', 'authorize', 'token').every(({ ok }) => !ok)
      )
    case 'pushed-request':
    case 'device-authorization':
      return !step.ok && flow.after(step, step.kind).every(({ ok }) => !ok)
    case 'authorize':
      return (
        !step.ok &&
        !isDenied(step.answer?.error?.error) &&
        flow.after(step, 'callback', 'token').every(({ ok }) => !ok)
      )
    case 'callback':
      return isLostCallback(step, flow)
    case 'token':
      return (
        !step.ok &&
        !isOrdinary(step.error?.error) &&
        flow.after(step, 'token').every(({ ok }) => !ok)
      )
    case 'preflight':
      return isLostPreflight(step, flow)
    default:
      return false
  }
}

/** It brings no code, or its client answers the browser with an error and does not redeem the code. */
function isLostCallback(step: Callback, flow: Flow): boolean {
  if (step.ok || isDenied(step.error?.error)) return false
  const tokens = flow.after(step, 'token')
  if (step.code === undefined) return tokens.every(({ ok }) => !ok)
  // A page that is loaded again has nothing to redeem any more.
  return (
    tokens.length === 0 && flow.before(step, 'callback').every(({ code }) => code !== step.code)
  )
}

function isNetwork(phase: string): boolean {
  return phase === 'dns' || phase === 'tcp' || phase === 'tls'
}

/** A person said no, which is nobody's fault. */
export function isDenied(error: string | undefined): boolean {
  return error === 'access_denied'
}

/** Errors of a login that goes on (RFC 8628 §3.5, RFC 9449 §8). */
function isOrdinary(error: string | undefined): boolean {
  return ['authorization_pending', 'slow_down', 'use_dpop_nonce'].includes(error ?? '')
}

/** Given up so soon that it may have been for the client's own reasons, in milliseconds. */
const quick = 3000

function isQuick({ exchange }: Step): boolean {
  return (exchange.endedAt ?? exchange.startedAt) - exchange.startedAt < quick
}

function isLostCall(step: McpCall, flow: Flow, wasIn: boolean): boolean {
  if (step.exchange.repeats !== undefined) return false
  // Ends of sessions and streams that a server does not offer are no failure once the client is in.
  const isAnswered = wasIn || flow.of('mcp').some(({ method, isMcp }) => method === 'POST' && isMcp)
  if (step.method !== 'POST' && (isAnswered || step.status === 405)) return false
  if (step.status === undefined) return step.exchange.failure !== undefined
  if (step.status >= 300 && step.status < 400) return false
  if (speaksOfCredentials(step)) return true
  // A version of the protocol that the server does not speak: its client asks in another.
  if (step.answer?.error !== undefined && isAskedAgain(step, flow)) return false
  return !step.isMcp
}

/** The client went on to another request with its token. */
function isAskedAgain({ order }: Step, { mcpCalls }: Flow): boolean {
  return mcpCalls.some(
    (later) => later.order > order && later.isRequest && later.authorization.length > 0,
  )
}

function isLostChallenge(step: Challenge, flow: Flow, wasIn: boolean): boolean {
  if (step.authorization.length > 0) {
    if (wasIn && step.method !== 'POST') return false
    // The client went on to a login from there.
    if (flow.after(step, 'authorize', 'pushed-request', 'device-authorization', 'token').length > 0)
      return false
    // That a token expires and the server says so is how it should be.
    return !(wasIn && step.status === 401 && hasExpired(step, flow))
  }
  const opens = step.ok && step.usable.length > 0
  return !opens && !flow.steps.some((later) => later.order > step.order && !isMcp(later))
}

/** The token had expired by what was said when it was issued, by its claims, or by the words of the server. */
function hasExpired(step: Challenge, flow: Flow): boolean {
  const issued = flow.issuedBy(step.presented)
  const end = (issued && expiryOf(issued)) ?? claimedExpiry(step.presented?.token) ?? Infinity
  return end <= step.exchange.startedAt || said(step, 'expired') !== undefined
}

/** The client was not told that nothing is there, and did nothing more. */
function isLastWord(step: Step, flow: Flow): boolean {
  return !isMissing(step) && flow.steps.at(-1) === step
}

function isMissing({ status }: Step): boolean {
  return status !== undefined && [404, 405, 406, 410].includes(status)
}

/** The same document was found at another place, or servers of an older revision have none. */
function isFoundElsewhere(step: Step, flow: Flow): boolean {
  if (flow.of(step.kind).some(({ ok }) => ok)) return true
  return (
    isMissing(step) &&
    flow.of('server-metadata', 'registration', 'authorize', 'token').some(({ ok }) => ok)
  )
}

/** The browser was told no, and sent nothing to that place afterwards. */
function isLostPreflight(step: Preflight, flow: Flow): boolean {
  return (
    !step.ok &&
    !flow.steps.some(
      (later) => later.kind !== 'preflight' && later.order > step.order && later.url === step.url,
    )
  )
}
