import {
  type Flow,
  type Pointer,
  type TokenCall,
  defineRule,
  isDocumentId,
  listedMethods,
  metadataNaming,
  objectOf,
  param,
  quoted,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/client-auth-mismatch',
  title: 'The client authenticates in a way that the server or the registration does not allow',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 6749 §2.3.1', 'OAuth 2.1 §2.4.1', 'RFC 7591 §2'],
  revisions: 'all',
  seed: [
    {
      item: 'R-2',
      variants: [
        'empty-secret',
        'multiple-methods',
        'not-as-registered',
        'secret-missing',
        'wrong-secret',
      ],
    },
  ],
  threads: ['https://github.com/modelcontextprotocol/python-sdk/issues/1842'],
  why: 'The authorization server cannot tell who redeems the code, and answers invalid_client.',
  remedy:
    'Use exactly the method that the registration response returned, or one that the metadata lists.',
  explains: ['flow/reauth-loop', 'flow/stalled', 'token/error-response'],

  on: 'token',

  *check(step, flow) {
    if (step.status === undefined) return 'silent'
    const refused = step.error?.error === 'invalid_client' || (step.status === 401 && !step.ok)
    const found = mismatch(step, flow)
    // Public clients are served although only secret methods are listed: that takes a refusal to be a fault.
    if (found !== undefined && (found.proven || refused)) {
      yield {
        variant: found.variant,
        severity: refused ? 'error' : 'warning',
        message: `${found.message}${refused ? `, and the server answers ${step.error?.error ?? step.status}` : ''}`,
        remedy: found.remedy,
        found: found.short,
        evidence: [
          {
            step,
            at: 'request.header.authorization[0]',
            note: `the client uses ${step.clientAuth}; ${found.note}`,
          },
          { step, at: 'response.status' },
          found.by,
          step.error !== undefined && { step, at: 'response.json/error' },
        ],
      }
      return
    }
    if (!refused || flow.registration !== 'pre-registered' || step.clientAuth === 'none') return
    yield {
      variant: 'wrong-secret',
      confidence: 'likely',
      message: `the server does not accept the secret of the pre-registered client ${quoted(step.clientId)}`,
      remedy:
        'Compare client id and secret with what the authorization server holds; both are exact strings.',
      evidence: [
        { step, at: 'response.json/error' },
        { step, at: 'request.form.client_id', note: `sent with ${step.clientAuth}` },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a public client, registered as one',
        http: '${opening only server-metadata registration token}',
      },
    ],
    bad: [
      {
        name: 'registered for Basic, sent in the body',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"client_secret_basic"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&client_secret=\${secret cs_}

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
        expect: { variant: 'not-as-registered', severity: 'error' },
      },
      {
        name: 'a public client where the server takes only secrets',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","token_endpoint":"https://as.example/token","token_endpoint_auth_methods_supported":["client_secret_post"]}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
        expect: { variant: 'unsupported-method', severity: 'error' },
      },
    ],
  },
})

interface Mismatch {
  readonly variant: string
  readonly message: string
  /** What was found, in a few words. */
  readonly short: string
  readonly note: string
  readonly remedy?: string
  /** The document that says otherwise. */
  readonly by?: Pointer
  /** The request alone proves it; otherwise it takes the server's refusal. */
  readonly proven: boolean
}

/** How the client authenticated, against what it registered and what the server takes (RFC 6749 §2.3). */
function mismatch(step: TokenCall, flow: Flow): Mismatch | undefined {
  const used = step.clientAuth
  if (used === 'multiple')
    return {
      variant: 'multiple-methods',
      message: 'the client authenticates in two ways at once',
      short: 'two ways to authenticate at once',
      note: 'and a parameter of the form as well',
      remedy: 'Use one client authentication method per request.',
      proven: true,
    }
  if (param(step.params, 'client_secret') === '')
    return {
      variant: 'empty-secret',
      message: 'the client sends an empty client_secret',
      short: 'an empty client_secret',
      note: 'the secret is sent in the form',
      by: { step, at: 'request.form.client_secret', note: 'must not be sent when there is none' },
      proven: true,
    }
  const registration = flow.registrationOf(step.clientId)
  const client = registration && objectOf(registration.received)
  const registered = stringMember(client, 'token_endpoint_auth_method')
  const hasSecret = stringMember(client, 'client_secret') !== undefined
  // That a secret is to be used and none was given is registration/auth-method-conflict.
  const isServers = registered?.startsWith('client_secret_') === true && !hasSecret
  if (registration !== undefined && registered !== undefined && !isMethod(registered, used)) {
    const by = { step: registration, at: 'response.json/token_endpoint_auth_method' } as const
    if (used === 'none' && isServers) return undefined
    if (used === 'none' && hasSecret)
      return {
        variant: 'secret-missing',
        message: `the client was given a secret for ${registered} and authenticates with nothing`,
        short: `no secret, registered for ${registered}`,
        note: `the secret for ${registered} is sent neither here nor in Authorization`,
        remedy: `Authenticate with ${registered}, as the registration response says.`,
        by,
        proven: true,
      }
    if (registered !== 'none' || !hasSecret)
      return {
        variant: 'not-as-registered',
        message: `the client is registered for ${registered} and uses ${used}`,
        short: `${used}, not ${registered}`,
        note: `the registration says ${registered}`,
        remedy: `Use ${registered}, as the registration response says.`,
        by,
        proven: true,
      }
  }
  // What the server handed out, or must expect of a client that is a document, is not the client's mistake.
  if (registered !== undefined || isDocumentId(step.clientId)) return undefined
  const metadata = metadataNaming(step, flow)
  const supported = listedMethods(metadata)
  if (metadata === undefined || supported === undefined) return undefined
  if (supported.some((method) => isMethod(method, used))) return undefined
  return {
    variant: 'unsupported-method',
    message: `the client uses ${used}, and the server lists ${quoted(supported)}`,
    short: `${used} is not offered (${supported.join(', ')})`,
    note: `the metadata lists ${quoted(supported)}`,
    by: { step: metadata, at: 'response.json/token_endpoint_auth_methods_supported' },
    proven: false,
  }
}

/** Whether the request may be an instance of a method: a key's assertion looks like a secret's, and mutual TLS is not in it. */
function isMethod(method: unknown, used: TokenCall['clientAuth']): boolean {
  if (method === used) return true
  if (method === 'client_secret_jwt') return used === 'private_key_jwt'
  return method === 'tls_client_auth' || method === 'self_signed_tls_client_auth'
}
