import { createHash, randomBytes } from 'node:crypto'
import { type JsonObject, member, stringMember } from '../../../core/wire/json.ts'
import { isWeb } from '../documents.ts'
import type { ProbeOptions } from '../options.ts'
import { within } from '../within.ts'
import type { Callback } from './callback.ts'
import type { ClientChoice, LoginClient } from './client.ts'

export interface LoginOptions extends ClientChoice {
  readonly way: 'browser' | 'client-credentials'
  readonly scope: string | undefined
  /** So long a person may take, in milliseconds. */
  readonly waiting: number
  /** Brings the person to the login page. */
  open(url: string): void
}

/** Where to log in, for what. */
export interface Asked {
  readonly endpoint: string
  readonly issuer: string
  readonly resource: string
  readonly server: JsonObject
  readonly scope: string | undefined
  readonly login: LoginOptions
}

const part = 'Login'

interface Leg {
  readonly callback: Callback
  readonly client: LoginClient
  readonly verifier: string
}

/** Sends the person to the login page, and takes the code that the browser brings back; undefined where it brings none. */
export async function askPerson(
  options: ProbeOptions,
  { server, issuer, resource, scope, login }: Asked,
  { callback, client, verifier }: Leg,
): Promise<string | undefined> {
  const { tell, recorder, connection, emit } = options
  const endpoint = stringMember(server, 'authorization_endpoint')
  if (endpoint === undefined || !isWeb(endpoint))
    return void tell({ part, mark: 'bad', text: 'the metadata names no authorization endpoint' })
  const state = randomBytes(16).toString('base64url')
  const url = new URL(endpoint)
  const params = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: callback.redirectUri,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource,
    ...(scope === undefined ? {} : { scope }),
  }
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  const recording = recorder.begin({
    client: `${connection} browser`,
    connection: '',
    method: 'GET',
    url: url.href,
    httpVersion: '1.1',
    source: 'probe',
  })
  recording.handOver()
  emit(recording.report())
  login.open(url.href)
  const answer = await within(callback.response, login.waiting)
  if (answer === undefined) {
    const text = `the browser did not come back within ${Math.round(login.waiting / 1000)} s`
    return void tell({ part, mark: 'bad', text })
  }
  return codeOf(answer, { state, issuer, isPromised: promisesIss(server) }, options)
}

function promisesIss(server: JsonObject): boolean {
  return member(server, 'authorization_response_iss_parameter_supported') === true
}

/** The code, once state and iss are what they must be (RFC 6749 §10.12, RFC 9207 §2.4). */
function codeOf(
  answer: URLSearchParams,
  expected: { readonly state: string; readonly issuer: string; readonly isPromised: boolean },
  { tell }: ProbeOptions,
): string | undefined {
  const [state, iss, error, code] = ['state', 'iss', 'error', 'code'].map((name) =>
    answer.get(name),
  )
  const bad = (text: string) => void tell({ part, mark: 'bad', text })
  if (state !== expected.state)
    return bad(`the browser came back with ${state === null ? 'no' : 'another'} state`)
  if (iss === null && expected.isPromised)
    return bad('iss was promised, and is not in the response')
  if (typeof iss === 'string' && iss !== expected.issuer)
    return bad(`iss is ${iss}, the issuer is ${expected.issuer}`)
  if (typeof error === 'string') {
    const said = answer.get('error_description')
    return bad(`refused: ${error}${said === null ? '' : ` (${said})`}`)
  }
  if (typeof code !== 'string') return bad('the browser came back without a code')
  tell({
    part,
    mark: 'well',
    text: 'the browser came back: code, state and iss are as they must be',
  })
  return code
}
