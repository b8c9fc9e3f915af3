import {
  type Authorize,
  type Callback,
  type Flow,
  type Place,
  defineRule,
  header,
  param,
  queryParams,
  quoted,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/response-malformed',
  title: 'The authorization response is incomplete, unsafe, or sent elsewhere',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: ['RFC 6749 §4.1.2', 'OAuth 2.1 §4.1.2', 'OAuth 2.1 §7.5.3', 'RFC 9700 §4.12'],
  revisions: 'all',
  why: 'The client discards a response that it cannot tie to its request, after the person has agreed.',
  remedy:
    'Answer with either code or error, and with the state as it was sent, in the query of the redirect URI that was asked for.',
  explains: ['authorization/client-accepted-invalid-response', 'flow/stalled', 'flow/step-failed'],

  on: ['authorize', 'callback'],

  *check(step, flow) {
    const flaw = step.kind === 'authorize' ? ofRedirect(step) : ofCallback(step, flow)
    if (flaw === 'silent') return 'silent'
    if (flaw === undefined) return
    const served = flow.after(step, 'token').some(({ ok }) => ok)
    yield {
      variant: flaw.variant,
      ...(flaw.confidence === undefined ? {} : { confidence: flaw.confidence }),
      severity: served ? 'warning' : 'error',
      message: `the authorization response ${flaw.text}`,
      evidence: [
        { step, at: flaw.at, note: flaw.note },
        flaw.request !== undefined && {
          step: flaw.request,
          at: 'request.url',
          note: 'what was asked for',
        },
      ],
    }
  },

  examples: {
    good: [{ name: 'a code and the state', http: '${opening only authorize callback}' }],
    bad: [
      {
        name: 'the code goes to another place',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/?code=c1&state=s1`,
        expect: { variant: 'wrong-target', severity: 'error' },
      },
      {
        name: 'the state is not sent back',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:5000/cb?code=c1`,
        expect: { variant: 'state-missing', severity: 'error' },
      },
    ],
  },
})

interface Flaw {
  readonly variant: string
  readonly text: string
  readonly at: Place
  readonly note: string
  readonly request?: Authorize
  readonly confidence?: 'likely'
}

/** A redirect that answers the request in the same exchange. */
function ofRedirect(step: Authorize): Flaw | 'silent' | undefined {
  const location = header(step.exchange.response?.headers ?? [], 'location')
  const at = 'response.header.location'
  if (location === undefined || step.redirectUri === undefined || step.opaque) return 'silent'
  const sent = queryParams(location)
  const { answer, state } = step
  if (answer === undefined) {
    const isResponse =
      (param(sent, 'code') ?? param(sent, 'error')) !== undefined &&
      state !== undefined &&
      param(sent, 'state') === state
    return isResponse
      ? {
          variant: 'wrong-target',
          text: `goes to ${withoutResponse(location)}, and ${quoted(step.redirectUri)} was asked for`,
          at,
          note: `must go to ${step.redirectUri}`,
        }
      : 'silent'
  }
  const mode = param(step.params, 'response_mode')
  if (location.includes('#') && param(sent, 'code') === undefined && mode !== 'fragment') {
    const inFragment =
      answer.code !== undefined || param(answer.params, 'access_token') !== undefined
    if (inFragment)
      return {
        variant:
          param(answer.params, 'access_token') === undefined
            ? 'fragment'
            : 'token-in-front-channel',
        text: 'stands in the fragment, which the client never sees',
        at,
        note: 'belongs in the query',
      }
  }
  const content = contentFlaw(answer.params, at)
  if (content !== undefined) return content
  if (state === undefined || answer.state === state) return undefined
  return stateFlaw(state, answer.state, at)
}

/** What the browser brings to the client. */
function ofCallback(step: Callback, flow: Flow): Flaw | 'silent' | undefined {
  const part = step.exchange.request.method === 'POST' ? 'form' : 'query'
  const content = contentFlaw(step.params, 'request.url')
  if (content !== undefined) return content
  const own = flow.before(step, 'authorize').filter((one) => comesBackTo(one, step))
  if (own.some(({ state }) => state === step.state)) return undefined
  const answered = flow.before(step, 'callback').map(({ state }) => state)
  const [request, ...others] = own.filter(({ state }) => !answered.includes(state))
  if (request === undefined) return 'silent'
  // With more than one pending, nobody knows which is meant.
  if (request.state === undefined || request.opaque || others.length > 0) return 'silent'
  return { ...stateFlaw(request.state, step.state, `request.${part}.state`), request }
}

/** Where the browser comes back through authtap, the client had asked for another place than the server was told. */
function comesBackTo({ redirectUri, exchange }: Authorize, step: Callback): boolean {
  const asked = exchange.touched.find(({ at }) => at === 'request.query.redirect_uri')?.client
  return [redirectUri, asked].some(
    (uri) => uri !== undefined && withoutResponse(uri) === step.redirectUri,
  )
}

function contentFlaw(params: readonly (readonly [string, string])[], at: Place): Flaw | undefined {
  const flaw = (variant: string, text: string, note: string): Flaw => ({ variant, text, at, note })
  const [code, error] = [param(params, 'code'), param(params, 'error')]
  if (param(params, 'access_token') !== undefined)
    return flaw(
      'token-in-front-channel',
      'carries an access token through the browser',
      'tokens come from the token endpoint alone',
    )
  if (code !== undefined && error !== undefined)
    return flaw('code-and-error', 'has both code and error', 'must have one of the two')
  // A signed response holds them within (JARM §2.3).
  if (param(params, 'response') !== undefined) return undefined
  if ((code === undefined || code === '') && error === undefined)
    return flaw('no-code', 'has neither code nor error', 'must have one of the two')
  const names = params.map(([name]) => name)
  const twice = ['code', 'state', 'iss', 'error'].find(
    (name) => names.filter((one) => one === name).length > 1,
  )
  return twice === undefined
    ? undefined
    : flaw('duplicate', `has ${twice} more than once`, `${twice} must stand once`)
}

function stateFlaw(sent: string, received: string | undefined, at: Place): Flaw {
  return received === undefined || received === ''
    ? {
        variant: 'state-missing',
        text: 'has no state, and the request had one',
        at,
        note: 'must have the state as it was sent',
      }
    : {
        variant: 'state-altered',
        text: `has another state than the request${howAltered(sent, received)}`,
        at,
        note: 'must be the state as it was sent',
        // A page that was left open from an earlier login would bring another one, too.
        ...(howAltered(sent, received) === '' ? { confidence: 'likely' as const } : {}),
      }
}

function howAltered(sent: string, received: string): string {
  if (sent.replaceAll('+', ' ') === received) return ': "+" became a blank'
  return sent.startsWith(received) ? `: it is cut after ${received.length} characters` : ''
}
