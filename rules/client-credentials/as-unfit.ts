import {
  defineRule,
  jwtBearer,
  metadataNaming,
  objectOf,
  quoted,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'client-credentials/as-unfit',
  title: 'The authorization server does not suit clients that are machines',
  severity: ['warning'],
  fault: ['authorization-server'],
  spec: ['MCP extension OAuth Client Credentials', 'RFC 8414 §2', 'RFC 6749 §4.4.3'],
  revisions: 'an extension from 2025-11-25',
  why: 'A machine chooses by this document how it authenticates, and a refresh token that it does not need is one more secret to lose.',
  remedy:
    'List private_key_jwt or client_secret_basic with the signing algorithms, and return no refresh token for a grant without a person.',

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'client_credentials' && step.grantType !== jwtBearer) return 'silent'
    if (step.issuedRefreshToken !== undefined)
      yield {
        variant: 'refresh-token',
        message: `the answer to ${step.grantType === jwtBearer ? 'an assertion' : 'client_credentials'} holds a refresh token`,
        remedy: 'Return no refresh token: the client can ask again in the same way.',
        evidence: [
          { step, at: 'request.form.grant_type' },
          { step, at: 'response.json/refresh_token', note: 'should not be there' },
        ],
      }
    const metadata = metadataNaming(step, flow)
    if (metadata === undefined || step.grantType !== 'client_credentials') return
    const document = objectOf(metadata.document)
    // Without a list it is client_secret_basic (RFC 8414 §2).
    const methods = stringsMember(document, 'token_endpoint_auth_methods_supported')
    const at = 'response.json/token_endpoint_auth_methods_supported'
    // A machine that is served in one of the listed ways shows that they suit it.
    const suits = step.ok && methods?.includes(step.clientAuth)
    if (!suits && methods?.some((method) => fit.has(method)) === false)
      yield {
        variant: 'methods',
        message: `the metadata lists ${quoted(methods)}, and a machine needs private_key_jwt or client_secret_basic`,
        evidence: [
          { step: metadata, at, note: 'must hold private_key_jwt or client_secret_basic' },
        ],
      }
    const algorithms = 'token_endpoint_auth_signing_alg_values_supported'
    if (methods?.includes('private_key_jwt') && stringsMember(document, algorithms) === undefined)
      yield {
        variant: 'signing-algs',
        message:
          'the metadata lists private_key_jwt and does not say which algorithms it may be signed with',
        remedy: `List ${algorithms}, for example ["ES256"].`,
        evidence: [
          { step: metadata, at },
          { step: metadata, at: `response.json/${algorithms}`, note: 'required; absent' },
        ],
      }
  },

  examples: {
    good: [
      {
        name: 'a secret, no refresh token',
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
        name: 'a refresh token for a machine',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&client_secret=\${secret cs_}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","refresh_token":"\${secret rt_}","token_type":"Bearer"}`,
        expect: { variant: 'refresh-token' },
      },
    ],
  },
})

const fit = new Set(['private_key_jwt', 'client_secret_basic'])
