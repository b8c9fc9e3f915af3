import {
  type Draft,
  type Flow,
  type TokenCall,
  bodyText,
  defineRule,
  edgeAnswer,
  othersPresenting,
  providerHint,
  proxyArtifact,
  quoted,
  refusalCauses,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/error-response',
  title: 'The token endpoint returned an error',
  severity: ['error', 'warning', 'info'],
  fault: ['undetermined', 'client', 'authorization-server', 'intermediary', 'authtap'],
  spec: ['RFC 6749 §5.2', 'OAuth 2.1 §3.2.4'],
  revisions: 'all',
  seed: [
    {
      item: 'A-5',
      variants: ['unauthorized_client', 'invalid_target'],
      faults: ['undetermined', 'authorization-server'],
    },
  ],
  why: 'No token was issued, so the MCP server cannot be called.',
  remedy:
    'Check the log of the authorization server for the description it gave, beginning with the first cause listed.',
  explains: ['flow/stalled', 'flow/reauth-loop'],
  aggregates: true,

  on: 'token',

  *check(step, flow) {
    if (!isRefused(step)) return step.ok ? undefined : 'silent'
    const code = step.error?.error
    if (code !== undefined && ordinary.has(code)) return 'silent'
    // What was refused is refused again for the same; what counts is why it was at first.
    const others = othersPresenting(step, flow)
    if (others.some((other) => other.order < step.order && isAlike(other, step))) return 'silent'
    const artifact = proxyArtifact(step)
    if (artifact !== undefined && code !== undefined && ofSigned.has(code)) {
      yield {
        variant: 'debug-proxy',
        severity: 'info',
        fault: 'authtap',
        message: `the token endpoint answers ${step.status} ${code} because ${artifact.why}`,
        remedy:
          'Test this without authtap in between, or start it with --dpop rebind where DPoP is the matter.',
        evidence: [
          { step, at: 'response.status' },
          { step, at: 'response.json/error' },
          { step, at: artifact.at, note: 'cannot be translated' },
        ],
      }
      return
    }
    const recovered = flow.after(step, 'token').some(({ ok }) => ok)
    // Clients that try out how to authenticate get past this refusal to the one that counts.
    const isTrial =
      code === 'invalid_client' &&
      others.some((other) => other.order > step.order && isRefused(other) && !isAlike(other, step))
    const refresh = step.grantType === 'refresh_token'
    const words = step.refusal?.text ?? ''
    const { evidence, ...who } = whose(step, flow)
    yield {
      variant: code ?? ((step.status ?? 0) >= 500 ? 'server-error' : 'refused'),
      severity: recovered || isTrial ? (refresh ? 'info' : 'warning') : 'error',
      ...who,
      message:
        `the token endpoint answers ${[step.status, code].join(' ').trim()}` +
        (words === '' || words === code ? '' : ` (${quoted(words)})`) +
        (recovered ? '; a later request succeeded' : ''),
      ...remedyFor(step, who.fault),
      found: `${step.status} ${words || (code ?? '')}`.trim(),
      ...providerHint(flow.issuer ?? step.url, 'token/error-response'),
      evidence: [
        { step, at: 'response.status' },
        code === undefined ? { step, at: 'response.body' } : { step, at: 'response.json/error' },
        step.refusal !== undefined &&
          step.refusal.at !== 'response.json/error' &&
          step.refusal.at !== 'response.body' && { step, at: step.refusal.at },
        { step, at: 'request.form.grant_type' },
        ...evidence,
      ],
    }
  },

  examples: {
    good: [{ name: 'a token is issued', http: '${opening only token}' }],
    bad: [
      {
        name: 'a code is refused and nothing shows why',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant","error_description":"grant request is invalid"}`,
        expect: { variant: 'invalid_grant', severity: 'error', fault: 'undetermined' },
      },
      {
        name: 'the server says what it has against the client, in its own form',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&client_secret=s

          < HTTP/1.1 403 Forbidden

          {"code":"bad_client","message":"Invalid client secret"}`,
        expect: { variant: 'refused', fault: 'client' },
      },
      {
        name: 'the server refuses a refresh token that it gave a moment before',
        http: `
          \${opening only token refresh unanswered}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
        expect: { variant: 'invalid_grant', fault: 'authorization-server' },
      },
    ],
  },
})

/** Errors that belong to a flow that works. */
const ordinary = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce'])

/** By which a server refuses what is signed for another address (RFC 9449 §5, RFC 7523 §3.1 and §3.2). */
const ofSigned = new Set([
  'invalid_client',
  'invalid_dpop_proof',
  'invalid_grant',
  'invalid_request',
])

const loginAnew =
  'Discard this refresh token and let the user log in anew; where it was issued a moment before, look into the log of the authorization server for why it is refused.'

function isAlike(a: TokenCall, b: TokenCall): boolean {
  return isRefused(a) && a.status === b.status && a.error?.error === b.error?.error
}

function remedyFor(step: TokenCall, fault: Draft['fault']): Pick<Draft, 'remedy'> {
  if (step.grantType === 'refresh_token' && step.error?.error === 'invalid_grant')
    return { remedy: loginAnew }
  if (fault === 'client')
    return { remedy: 'Correct what the server refuses; its log may say more than its answer.' }
  if (fault === 'authorization-server')
    return { remedy: 'Look into the log of the authorization server for why it refuses this.' }
  return {}
}

/** No token came, and the answer says that none will: by its status, or by an OAuth error under whatever status. */
function isRefused({ status = 0, error }: TokenCall): boolean {
  return status >= 400 || error !== undefined
}

/** A party is named where another rule, or something in the capture, speaks for it; else all that it may be are listed. */
function whose(
  step: TokenCall,
  flow: Flow,
): Pick<Draft, 'fault' | 'candidates' | 'confidence' | 'evidence'> {
  const blamed = flow
    .causesOf({ id: 'token/error-response' }, step)
    // In which form it is said tells nothing of who is to blame for what is said.
    .filter(({ rule, severity }) => severity === 'error' && rule !== 'token/error-not-oauth')
    .map(({ fault }) => fault)
    .find((fault) => fault === 'client' || fault === 'authorization-server')
  if (blamed !== undefined) return { fault: blamed, evidence: [] }
  const { response } = step.exchange
  if (response !== undefined && edgeAnswer(response.headers, bodyText(response)) !== undefined)
    return { fault: 'intermediary', confidence: 'likely', evidence: [] }
  const causes = refusalCauses(step, flow)
  const [first] = causes
  if (first?.speaks === true)
    return { fault: first.fault, confidence: 'likely', evidence: first.evidence ?? [] }
  const candidates = causes.map(({ fault, why }) => ({ fault, why }))
  return { fault: 'undetermined', candidates, evidence: [] }
}
