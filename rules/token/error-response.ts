import {
  type Flow,
  type TokenCall,
  defineRule,
  providerHint,
  proxyArtifact,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/error-response',
  title: 'The token endpoint returned an error',
  severity: ['error', 'warning', 'info'],
  fault: ['undetermined', 'client', 'authorization-server', 'authtap'],
  spec: ['RFC 6749 §5.2', 'OAuth 2.1 §3.2.4'],
  revisions: 'all',
  seed: [{ item: 'A-5', variants: ['unauthorized_client', 'invalid_target'] }],
  why: 'No token was issued, so the MCP server cannot be called.',
  remedy:
    'Check the log of the authorization server for the description it gave, beginning with the first cause listed.',
  explains: ['flow/stalled', 'flow/reauth-loop'],
  aggregates: true,

  on: 'token',

  *check(step, flow) {
    if (step.error === undefined) return step.ok ? undefined : 'silent'
    if (ordinary.has(step.error.error)) return 'silent'
    const artifact = proxyArtifact(step)
    if (artifact !== undefined) {
      yield {
        variant: 'debug-proxy',
        severity: 'info',
        fault: 'authtap',
        message: `the token endpoint answers ${step.status} ${step.error.error} because ${artifact}`,
        remedy:
          'Test this without authtap in between, or start it with --dpop rebind where DPoP is the matter.',
        evidence: [{ step, at: 'response.json/error' }],
      }
      return
    }
    const blamed = flow
      .causesOf(this, step)
      .filter(({ severity }) => severity === 'error')
      .map(({ fault }) => fault)
      .find((fault) => fault === 'client' || fault === 'authorization-server')
    const listed = candidates(step, flow)
    const recovered = flow.after(step, 'token').some(({ ok }) => ok)
    const refresh = step.grantType === 'refresh_token'
    yield {
      variant: step.error.error,
      severity: recovered ? (refresh ? 'info' : 'warning') : 'error',
      ...(blamed !== undefined
        ? { fault: blamed }
        : listed.length === 1
          ? { fault: listed[0]!.fault, confidence: 'likely' as const }
          : { fault: 'undetermined' as const, candidates: listed }),
      message:
        `the token endpoint answers ${step.status} ${step.error.error}` +
        (step.error.description === undefined ? '' : ` (${quoted(step.error.description)})`) +
        (recovered ? '; a later request succeeded' : ''),
      ...providerHint(flow.issuer ?? step.url, 'token/error-response'),
      evidence: [
        { step, at: 'response.json/error' },
        { step, at: 'response.json/error_description' },
        { step, at: 'request.form.grant_type' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a token is issued',
        http: `
          > POST https://as.example/token

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
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
        name: 'a refresh token has expired, and the user logs in again',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'invalid_grant', severity: 'info' },
      },
    ],
  },
})

/** Errors that belong to a flow that works. */
const ordinary = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce'])

interface Cause {
  readonly why: string
  readonly fault: 'client' | 'authorization-server'
}

/** What the traffic allows to be the cause, likeliest first. */
function candidates(step: TokenCall, flow: Flow): Cause[] {
  const seconds = age(step, flow)
  switch (step.error?.error) {
    case 'invalid_grant':
      return step.grantType === 'refresh_token'
        ? [
            {
              fault: 'client',
              why: 'the refresh token has expired, was revoked, or belongs to another client',
            },
          ]
        : [
            ...(seconds !== undefined && seconds > 60
              ? [
                  {
                    fault: 'client' as const,
                    why: `the code was ${seconds} s old when it was redeemed`,
                  },
                ]
              : []),
            {
              fault: 'authorization-server',
              why: 'what the client sent agrees with its authorization request, so the server lost the code, shares no store between its instances, or has another reason that it does not give',
            },
            {
              fault: 'client',
              why: 'the code was redeemed twice, or by another client, out of sight',
            },
          ]
    case 'invalid_client':
      return [
        { fault: 'client', why: 'the client id or secret is not the one that this server knows' },
        { fault: 'authorization-server', why: 'the server lost the registration' },
      ]
    case 'unauthorized_client':
    case 'unsupported_grant_type':
      return [
        { fault: 'client', why: `the client may not use grant_type=${step.grantType}` },
        {
          fault: 'authorization-server',
          why: 'the grant is advertised, and not enabled for this client',
        },
      ]
    case 'invalid_request':
      return [
        { fault: 'client', why: 'a parameter is missing, repeated or malformed' },
        {
          fault: 'authorization-server',
          why: 'the server does not know a parameter that MCP clients must send, such as resource',
        },
      ]
    default:
      return [
        { fault: 'client', why: 'of what it asked for' },
        { fault: 'authorization-server', why: 'of how it is configured' },
      ]
  }
}

/** Seconds between the authorization response and its redemption. */
function age(step: TokenCall, flow: Flow): number | undefined {
  const response = flow.responseWith(step.code)
  return response === undefined
    ? undefined
    : Math.round((step.exchange.startedAt - response.step.exchange.startedAt) / 1000)
}
