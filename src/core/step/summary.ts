import { cutCode, filesCode, isStream, loopCode } from '../wire/exchange.ts'
import { objectOf } from '../wire/json.ts'
import { stepKinds } from './kinds.ts'
import { saysError } from './refusal.ts'
import type {
  Authorize,
  Callback,
  Challenge,
  JsonDocument,
  McpCall,
  Preflight,
  Step,
  TokenCall,
} from './step.ts'
import { shortened } from '../wire/safe-text.ts'

export interface Summary {
  readonly ok: boolean
  readonly summary: string
}

const lineLength = 160

/** Whether a step did what it is for, and one line about it. Values that may be secret are never part of the line. */
export function summarise(step: Step): Summary {
  const again = step.exchange.repeats === undefined ? '' : ', sent again by hand'
  const what = `${purpose(step)}${again}`
  const { held } = step.exchange
  if (held?.side === 'request') return { ok: false, summary: `${what}: the request is held` }
  const trouble = failureOf(step)
  if (trouble !== undefined) return { ok: false, summary: `${what}: ${trouble}` }
  const { ok, text } = outcomeOf(step)
  const waits = held === undefined ? '' : ', held'
  return { ok, summary: line(`${text === '' ? what : `${what}: ${text}`}${waits}`) }
}

/** Methods, grants and error codes come from the network, and may be of any length. */
function line(text: string): string {
  return shortened(text, lineLength)
}

function failureOf({ exchange }: Step): string | undefined {
  const { response, endedAt, handedOver } = exchange
  if (exchange.failure === undefined)
    return (response ?? endedAt ?? handedOver) === undefined ? 'no answer yet' : undefined
  const { phase, code } = exchange.failure
  // A stream of events lasts until somebody has enough of it.
  if (phase === 'client-gone' && response?.status === 200 && isStream(response.headers))
    return undefined
  if (code === cutCode) return 'cut off by authtap behind a request that failed'
  if (code === filesCode) return 'not passed on: authtap has too many files open'
  if (code === loopCode) return 'ended by authtap: it came back again and again'
  return phase === 'client-gone' ? 'the client went away' : `no answer (${phase} ${code})`
}

function purpose(step: Step): string {
  switch (step.kind) {
    case 'mcp':
    case 'challenge':
      return callName(step)
    case 'server-metadata':
      return step.form === 'openid' ? 'OpenID configuration' : stepKinds[step.kind].name
    case 'token':
      return `token (${step.grantType ?? 'no grant type'})`
    case 'other':
      return `${step.exchange.request.method} ${pathOf(step.url)}`
    default:
      return stepKinds[step.kind].does ?? stepKinds[step.kind].name
  }
}

function callName(step: McpCall | Challenge): string {
  const name = step.rpc?.method ?? (step.method === 'GET' ? 'event stream' : `${step.method} call`)
  // A tool's name tells what was called; a resource's URI would tell what somebody read.
  const target = /^(?:tools|prompts)\//.test(name)
    ? ` ${shortened(step.rpc?.target ?? '', 40)}`
    : ''
  return `${name}${target}`.trimEnd()
}

function outcomeOf(step: Step): { ok: boolean; text: string } {
  switch (step.kind) {
    case 'mcp':
      return mcpOutcome(step)
    case 'challenge':
      return challengeOutcome(step)
    case 'resource-metadata':
      return metadataOutcome(step.status, step.document, step.resource)
    case 'server-metadata':
      return metadataOutcome(step.status, step.document, step.issuer)
    case 'registration':
      return answered(
        step.status,
        step.error?.error,
        step.clientId !== undefined,
        'no client_id in the answer',
      )
    case 'pushed-request':
      return answered(
        step.status,
        step.error?.error,
        step.requestUri !== undefined,
        'no request_uri in the answer',
      )
    case 'device-authorization':
      return answered(
        step.status,
        step.error?.error,
        step.deviceCode !== undefined,
        'no device_code in the answer',
      )
    case 'authorize':
      return authorizeOutcome(step)
    case 'callback':
      return callbackOutcome(step)
    case 'token':
      return tokenOutcome(step)
    case 'preflight':
      return preflightOutcome(step)
    default:
      return {
        ok: isSuccess(step.status) || isRedirect(step.status),
        text: statusText(step.status),
      }
  }
}

function mcpOutcome(step: McpCall): { ok: boolean; text: string } {
  const text = statusText(step.status)
  if (!isSuccess(step.status)) {
    // A server that offers no stream or no session to end says 405; that is no failure (MCP Streamable HTTP).
    return { ok: step.status === 405 && step.method !== 'POST', text }
  }
  if (!step.isMcp) return { ok: false, text: `${text}, no MCP answer` }
  if (step.answer?.error !== undefined)
    return { ok: false, text: `${text}, JSON-RPC error ${step.answer.error.code ?? ''}` }
  return { ok: true, text: step.presented === undefined ? text : `${text} with token` }
}

function challengeOutcome(step: Challenge): { ok: boolean; text: string } {
  const detail = step.error === undefined ? '' : ` ${step.error}`
  const credential = step.authorization.length > 0 ? 'with' : 'without'
  // Without a token a readable 401 is what opens the flow; with one it is a refusal.
  const ok =
    step.status === 401 && step.authorization.length === 0 && step.challenges.lenient.length > 0
  return { ok, text: `${step.status}${detail}, ${credential} credentials` }
}

/** A client that answers the browser with an error takes no code. */
function callbackOutcome({ status = 0, code, error }: Callback): { ok: boolean; text: string } {
  if (error !== undefined) return { ok: false, text: error.error }
  if (code === undefined) return { ok: false, text: 'no code' }
  return status >= 400
    ? { ok: false, text: `code, answered ${statusText(status)}` }
    : { ok: true, text: 'code' }
}

function metadataOutcome(
  status: number | undefined,
  document: JsonDocument,
  identity: string | undefined,
) {
  if (status !== 200) return { ok: false, text: statusText(status) }
  if (objectOf(document) === undefined)
    return { ok: false, text: `200, ${document.kind.replaceAll('-', ' ')}` }
  return { ok: true, text: identity ?? '200' }
}

function answered(
  status: number | undefined,
  error: string | undefined,
  complete: boolean,
  lacking: string,
) {
  if (error !== undefined) return { ok: false, text: `${status} ${error}` }
  if (!isSuccess(status)) return { ok: false, text: statusText(status) }
  return complete ? { ok: true, text: statusText(status) } : { ok: false, text: lacking }
}

function authorizeOutcome(step: Authorize): { ok: boolean; text: string } {
  if (step.answer?.error !== undefined) return { ok: false, text: step.answer.error.error }
  if (step.exchange.handedOver === true) return { ok: true, text: 'browser sent on' }
  const { response } = step.exchange
  // No login begins with an error in JSON, whatever its status.
  if (response !== undefined && isSuccess(step.status) && saysError(response))
    return { ok: false, text: `${step.status}, an error` }
  return { ok: isSuccess(step.status) || isRedirect(step.status), text: statusText(step.status) }
}

function tokenOutcome(step: TokenCall): { ok: boolean; text: string } {
  if (step.error !== undefined) return { ok: false, text: `${step.status} ${step.error.error}` }
  if (!isSuccess(step.status)) return { ok: false, text: statusText(step.status) }
  return step.accessToken === undefined
    ? { ok: false, text: `${step.status}, no access token` }
    : { ok: true, text: `${step.status}, token issued` }
}

function preflightOutcome(step: Preflight): { ok: boolean; text: string } {
  return { ok: isSuccess(step.status), text: statusText(step.status) }
}

function isSuccess(status: number | undefined): boolean {
  return status !== undefined && status >= 200 && status < 300
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && status >= 300 && status < 400
}

function statusText(status: number | undefined): string {
  return status === undefined ? 'no answer' : String(status)
}

function pathOf(url: string): string {
  return shortened(/^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? '', 60)
}
