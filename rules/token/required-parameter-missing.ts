import { type TokenCall, defineRule, param, queryParams } from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/required-parameter-missing',
  title: 'The token request lacks a parameter, or has one twice',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §4.1.3', 'RFC 6749 §6', 'RFC 6749 §3.2', 'OAuth 2.1 §3.2.2', 'RFC 7523 §2.1'],
  revisions: 'all',
  reads: ['authorization'],
  seed: ['P-4'],
  why: 'The authorization server has to refuse such a request, mostly with invalid_request.',
  remedy: 'Send every parameter that the grant needs, each once and not empty.',
  explains: ['flow/reauth-loop', 'flow/stalled', 'flow/step-failed', 'token/error-response'],

  on: 'token',

  *check(step) {
    // What is sent in another form, or another place, is token/wrong-content-type.
    if (step.contentType !== undefined && !step.contentType.endsWith('form-urlencoded'))
      return 'silent'
    if (step.exchange.request.method !== 'POST') return 'silent'
    if (param(queryParams(step.url), 'grant_type') !== undefined) return 'silent'
    const twice = repeated(step)
    const missing = neededBy(step).find((name) => (param(step.params, name) ?? '') === '')
    const name = missing ?? twice
    if (name === undefined) return
    const isEmpty = missing !== undefined && param(step.params, name) === ''
    const flaw = isEmpty ? 'it is empty' : 'there is none'
    yield {
      variant: missing === undefined ? 'duplicate' : isEmpty ? 'empty' : name,
      severity: step.ok || step.status === undefined ? 'warning' : 'error',
      message:
        missing === undefined
          ? `the token request has ${name} more than once`
          : `the token request${step.grantType === undefined ? '' : ` for ${step.grantType}`} has ${isEmpty ? 'an empty' : 'no'} ${name}`,
      evidence: [
        { step, at: `request.form.${name}`, note: missing ? flaw : 'must stand once' },
        { step, at: 'request.form.grant_type' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'all of them', http: '${opening only token}' },
      {
        name: 'a client that authenticates need not name itself in the body, and resource may repeat',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded
          > authorization: Basic YXBwOnNlY3JldA==

          grant_type=authorization_code&code=c1&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'a public client does not name itself',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&code_verifier=v1

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request"}`,
        expect: { variant: 'client_id', severity: 'error' },
      },
      {
        name: 'a renewal without the refresh token',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_request"}`,
        expect: { variant: 'refresh_token', severity: 'error' },
      },
    ],
  },
})

const byGrant: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['code'],
  refresh_token: ['refresh_token'],
  'urn:ietf:params:oauth:grant-type:jwt-bearer': ['assertion'],
  'urn:ietf:params:oauth:grant-type:token-exchange': ['subject_token', 'subject_token_type'],
  'urn:ietf:params:oauth:grant-type:device_code': ['device_code'],
}

/** The verifier and the redirect URI have rules of their own. */
function neededBy({ grantType, clientAuth, exchange }: TokenCall): string[] {
  const named = exchange.request.headers.some(([name]) => name.toLowerCase() === 'authorization')
  const byName = grantType === 'authorization_code' || grantType === 'refresh_token'
  return [
    'grant_type',
    ...(byGrant[grantType ?? ''] ?? []),
    ...(byName && clientAuth === 'none' && !named ? ['client_id'] : []),
  ]
}

function repeated({ params }: TokenCall): string | undefined {
  const names = params.map(([name]) => name)
  return names.find(
    (name, index) => !['resource', 'audience'].includes(name) && names.indexOf(name) !== index,
  )
}
