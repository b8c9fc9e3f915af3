import {
  type Draft,
  type Flow,
  type Step,
  type TokenCall,
  bodyText,
  defineRule,
  edgeAnswer,
  fitsChallenge,
  providerHint,
  proxyArtifact,
  quoted,
  refreshTokenSource,
  said,
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
    const refresh = step.grantType === 'refresh_token'
    const words = step.refusal?.text ?? ''
    yield {
      variant: code ?? ((step.status ?? 0) >= 500 ? 'server-error' : 'refused'),
      severity: recovered ? (refresh ? 'info' : 'warning') : 'error',
      ...whose(step, flow),
      message:
        `the token endpoint answers ${[step.status, code].join(' ').trim()}` +
        (words === '' || words === code ? '' : ` (${quoted(words)})`) +
        (recovered ? '; a later request succeeded' : ''),
      ...(refresh && code === 'invalid_grant' ? { remedy: loginAnew } : {}),
      found: `${step.status} ${words || (code ?? '')}`.trim(),
      ...providerHint(flow.issuer ?? step.url, 'token/error-response'),
      evidence: [
        { step, at: 'response.status' },
        code === undefined ? { step, at: 'response.body' } : { step, at: 'response.json/error' },
        step.refusal !== undefined &&
          step.refusal.at !== 'response.json/error' &&
          step.refusal.at !== 'response.body' && { step, at: step.refusal.at },
        { step, at: 'request.form.grant_type' },
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

/** No token came, and the answer says that none will: by its status, or by an OAuth error under whatever status. */
function isRefused({ status = 0, error }: TokenCall): boolean {
  return status >= 400 || error !== undefined
}

interface Cause {
  readonly why: string
  readonly fault: 'client' | 'authorization-server' | 'intermediary'
  /** The words of the server, or times and values in the capture, speak for it. */
  readonly speaks?: boolean
}

/** A party is named where another rule, or something in the capture, speaks for it; else all that it may be are listed. */
function whose(step: TokenCall, flow: Flow): Pick<Draft, 'fault' | 'candidates' | 'confidence'> {
  const blamed = flow
    .causesOf({ id: 'token/error-response' }, step)
    // In which form it is said tells nothing of who is to blame for what is said.
    .filter(({ rule, severity }) => severity === 'error' && rule !== 'token/error-not-oauth')
    .map(({ fault }) => fault)
    .find((fault) => fault === 'client' || fault === 'authorization-server')
  if (blamed !== undefined) return { fault: blamed }
  const { response } = step.exchange
  if (response !== undefined && edgeAnswer(response.headers, bodyText(response)) !== undefined)
    return { fault: 'intermediary', confidence: 'likely' }
  const causes = [...told(step, flow), ...usual(step)]
  const [first] = causes
  if (first?.speaks === true) return { fault: first.fault, confidence: 'likely' }
  return { fault: 'undetermined', candidates: causes.map(({ fault, why }) => ({ fault, why })) }
}

/** What the server says of it, and what times and values show; what is seen goes before what is said. */
function told(step: TokenCall, flow: Flow): Cause[] {
  const causes: Cause[] = []
  const add = (fault: Cause['fault'], why: string) => causes.push({ fault, why, speaks: true })
  const code = secondsSince(flow.responseWith(step.code)?.step, step)
  const refresh = secondsSince(refreshTokenSource(step, flow), step)
  if (refresh !== undefined && refresh < 60 && step.error?.error === 'invalid_grant')
    add('authorization-server', `it refuses a refresh token that it gave ${refresh} s before`)
  else if (said(step, 'refresh-token', 'expired') && step.grantType === 'refresh_token')
    add('client', 'the refresh token is no longer good, and the user has to log in anew')
  if (code !== undefined && code > 60 && step.error?.error === 'invalid_grant')
    add('client', `the code was ${code} s old when it was redeemed`)
  if (said(step, 'secret')) add('client', 'the way it authenticates, or its secret, is refused')
  if (said(step, 'assertion-audience'))
    add('client', 'its assertion is made out to another audience than the server accepts')
  if (said(step, 'redirect-uri'))
    add('client', 'the redirect URI is not the one of the authorization request')
  if (said(step, 'pkce'))
    add(
      isVerified(step, flow) ? 'authorization-server' : 'client',
      isVerified(step, flow)
        ? 'it refuses a code_verifier that matches the code_challenge'
        : 'its code_verifier is not what the server wants',
    )
  if (said(step, 'consent'))
    add('authorization-server', 'its policy demands a consent that was not given')
  if (said(step, 'client-kind'))
    add('authorization-server', 'as it has this client registered, it may not ask so')
  if (said(step, 'rate')) add('authorization-server', 'it limits how often tokens may be asked for')
  if (step.status === 500) add('authorization-server', 'it failed while it answered')
  // OAuth 2.1 dropped it; servers of OAuth 2.0 refuse without a word of it.
  if (step.error?.error === 'invalid_grant' && lacksRedirectUri(step, flow))
    causes.push({
      fault: 'client',
      why: 'its token request has no redirect_uri, which the authorization request had',
    })
  return causes
}

function lacksRedirectUri(step: TokenCall, flow: Flow): boolean {
  return (
    step.grantType === 'authorization_code' &&
    step.redirectUri === undefined &&
    flow.authorizationOf(step)?.step.redirectUri !== undefined
  )
}

function isVerified(step: TokenCall, flow: Flow): boolean {
  const request = flow.authorizationOf(step)?.step
  return request !== undefined && fitsChallenge(step, request) === true
}

/** What it usually is, where nothing tells. */
function usual(step: TokenCall): Cause[] {
  const client = (why: string): Cause => ({ fault: 'client', why })
  const server = (why: string): Cause => ({ fault: 'authorization-server', why })
  switch (step.error?.error ?? '') {
    case 'invalid_grant':
      return step.grantType === 'refresh_token'
        ? [
            client('the refresh token has expired, was revoked, or belongs to another client'),
            server('it lost the refresh token, or shares no store between its instances'),
          ]
        : [
            server(
              'what the client sent agrees with its authorization request, so the server lost the code, shares no store between its instances, or has another reason that it does not give',
            ),
            client('the code had expired, or was redeemed before, or by another client'),
          ]
    case 'invalid_client':
      return [
        client('the client id or secret is not the one that this server knows'),
        server('it lost the registration'),
      ]
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return [
        client(`it may not use grant_type=${step.grantType}`),
        server('the grant is advertised, and not enabled for this client'),
      ]
    case 'invalid_request':
      return [
        client('a parameter is missing, repeated or malformed'),
        server('it does not know a parameter that MCP clients must send, such as resource'),
      ]
  }
  return (step.status ?? 0) >= 500
    ? [
        server('it is down, overloaded, or does not answer its gateway'),
        { fault: 'intermediary', why: 'a gateway in front of it answers in its place' },
      ]
    : [
        client('something that it sent is refused, and is not named'),
        server('it is configured to refuse this request'),
      ]
}

function secondsSince(earlier: Step | undefined, step: Step): number | undefined {
  if (earlier === undefined) return undefined
  const from = earlier.exchange.endedAt ?? earlier.exchange.startedAt
  return Math.max(0, Math.round((step.exchange.startedAt - from) / 1000))
}
