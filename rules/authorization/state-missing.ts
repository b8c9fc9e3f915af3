import {
  type Authorize,
  type Flow,
  type PushedRequest,
  atLeast,
  blind,
  defineRule,
  earlierRequests,
  isLabel,
  isUpstreamHop,
  parameterPlace,
  quoted,
  refusalOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/state-missing',
  title: 'The authorization request has no state of its own',
  severity: ['error', 'warning', 'info'],
  fault: ['client'],
  spec: ['MCP 2025-06-18 Open Redirection', 'OAuth 2.1 §7.10', 'RFC 9700 §2.1'],
  revisions: 'from 2025-06-18; a note before',
  why: 'By the state a client knows its own logins from one that somebody slips in; without it, or with one that never changes, it cannot tell two logins apart either.',
  remedy:
    'Send a new `state` of at least 16 random characters with every authorization request, and compare it on return.',
  explains: [
    'authorization/endpoint-error-page',
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['authorize', 'pushed-request'],

  *check(step, flow) {
    if (isUpstreamHop(step, flow)) return 'silent'
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')
    if (step.kind === 'authorize' && step.requestUri !== undefined) return 'silent'
    if (step.kind === 'authorize' && step.responseType === undefined) return 'silent'
    const state = step.state ?? ''
    const earlier = state === '' ? undefined : sameState(step, state, flow)
    const variant =
      state === ''
        ? 'absent'
        : earlier !== undefined
          ? 'constant'
          : state.length < leastLength && !isLabel(state)
            ? 'too-short'
            : undefined
    if (variant === undefined)
      return isLabel(state) && (step.stateLength ?? 0) < leastLength
        ? blind('what was removed from this capture')
        : undefined
    // PKCE covers what the state is for where it is merely short.
    const covered = variant === 'too-short' && step.codeChallenge !== undefined
    const bound = flow.revision.client === undefined || atLeast(flow.revision.client, '2025-06-18')
    const refused = variant === 'constant' ? undefined : objectionOf(step, flow)
    yield {
      variant,
      severity: refused !== undefined ? 'error' : bound && !covered ? 'warning' : 'info',
      message:
        (variant === 'absent'
          ? 'the authorization request has no state'
          : variant === 'constant'
            ? 'two authorization requests with different code challenges have one state'
            : `the state of the authorization request has ${state.length} characters`) +
        (refused === undefined ? '' : `, and the server says ${quoted(refused.said.words)}`),
      evidence: [
        { ...parameterPlace(step, 'state', flow), note: 'must be new and unguessable' },
        earlier !== undefined && { ...parameterPlace(earlier, 'state', flow), note: 'used before' },
        refused && { step: refused.step, at: refused.said.at, note: 'what the server says' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a state of some length',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=Zm9vYmFyYmF6cXV4`,
      },
    ],
    bad: [
      {
        name: 'none',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&code_challenge=\${s256 v1}&code_challenge_method=S256`,
        expect: { variant: 'absent', severity: 'warning' },
      },
      {
        name: 'a short one beside PKCE',
        http: '${opening only authorize}',
        expect: { variant: 'too-short', severity: 'info' },
      },
    ],
  },
})

const leastLength = 8

/** The server refuses the request for its state: at once, or by what it sends the browser back with. */
function objectionOf(step: Authorize | PushedRequest, flow: Flow) {
  const refused = refusalOf(step, flow)
  const words = refused?.says.find(({ meaning }) => meaning === 'state')
  if (refused === undefined || words === undefined || (refused.step === step && step.ok))
    return undefined
  return { step: refused.step, said: words }
}

/** Another request with this state that is not this one opened again. */
function sameState(step: Authorize | PushedRequest, state: string, flow: Flow) {
  const challenge = step.codeChallenge
  if (step.kind !== 'authorize' || challenge === undefined) return undefined
  return earlierRequests(step, flow).find(
    (one) => one.state === state && ![undefined, challenge].includes(one.codeChallenge),
  )
}
