import {
  defineRule,
  metadataNaming,
  objectOf,
  param,
  queryParams,
  quoted,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'client-credentials/client-not-authenticated',
  title: 'A client asks for a token in its own name and does not authenticate',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §4.4', 'OAuth 2.1 §4.2', 'MCP extension OAuth Client Credentials'],
  revisions: 'all; an extension from 2025-11-25',
  reads: ['authorization'],
  why: 'The client credentials are the whole grant: without them anybody could ask, so the authorization server refuses.',
  remedy:
    'Register the client by hand as a confidential one, and authenticate with private_key_jwt or its secret.',
  explains: [
    'flow/reauth-loop',
    'flow/stalled',
    'token/client-auth-mismatch',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'client_credentials') return 'silent'
    if (step.status === undefined) return 'silent'
    const severity = step.ok ? 'warning' : 'error'
    const answer = { step, at: 'response.status' } as const
    const stray = ['code', 'redirect_uri', 'code_verifier'].find(
      (name) => param(step.params, name) !== undefined,
    )
    if (stray !== undefined) {
      yield {
        variant: 'user-parameters',
        severity,
        message: `a client_credentials request carries ${stray}, which belongs to the login of a person`,
        remedy: 'Send either a code to redeem or client_credentials, each with its own parameters.',
        evidence: [
          { step, at: 'request.form.grant_type' },
          { step, at: `request.form.${stray}`, note: 'not of this grant' },
          answer,
        ],
      }
      return
    }
    if (step.clientAuth !== 'none') return
    // Who sends the whole request in the query may have sent its secret there.
    if (param(queryParams(step.url), 'grant_type') !== undefined) return 'silent'
    const registration = flow.registrationOf(step.clientId)
    const registered = stringMember(
      registration && objectOf(registration.received),
      'token_endpoint_auth_method',
    )
    const metadata = metadataNaming(step, flow)
    const methods = stringsMember(
      metadata && objectOf(metadata.document),
      'token_endpoint_auth_methods_supported',
    )
    const isPublic = registration !== undefined && registered === 'none'
    yield {
      variant: isPublic ? 'public-client' : 'no-auth',
      // A certificate of the TLS connection is not seen here (RFC 8705 §2).
      severity: methods?.some((method) => method.includes('tls_client_auth'))
        ? 'warning'
        : severity,
      message: `${isPublic ? 'a public client' : `the client ${quoted(step.clientId)}`} asks for client_credentials without a secret, an assertion or Basic`,
      evidence: [
        { step, at: 'request.form.grant_type' },
        { step, at: 'request.form.client_id' },
        { step, at: 'request.header.authorization', note: 'there is no such field' },
        registration && {
          step: registration,
          at: 'response.json/token_endpoint_auth_method',
          note: 'registered so',
        },
        answer,
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'with its secret',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&client_secret=\${secret cs_}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'with its name alone',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
        expect: { variant: 'no-auth', severity: 'error' },
      },
    ],
  },
})
