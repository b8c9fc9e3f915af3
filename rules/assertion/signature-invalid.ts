import {
  type Draft,
  type Flow,
  type Signature,
  type TokenCall,
  blind,
  defineRule,
  proxyArtifact,
  quoted,
  said,
  signatureOf,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'assertion/signature-invalid',
  title: 'The signature of a client assertion and the keys of the client do not go together',
  severity: ['error', 'warning'],
  fault: ['client', 'authorization-server'],
  spec: ['RFC 7523 §3', 'RFC 7591 §2', 'RFC 7515 §5.2', 'RFC 8725 §3.1'],
  revisions: 'all; an extension of MCP',
  why: 'The authorization server verifies an assertion with the keys that the client published or registered; where they do not go together it issues no token.',
  remedy:
    'Sign with a key that stands in `jwks`, or at `jwks_uri`, of the client metadata, under the `kid` that the assertion names, and publish a new key before it is used.',
  explains: [
    'flow/reauth-loop',
    'flow/stalled',
    'token/client-auth-mismatch',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    const token = step.clientAssertion
    if (token?.format !== 'jwt' || step.status === undefined || proxyArtifact(step) !== undefined)
      return 'silent'
    const signature = signatureOf(token, flow)
    if (signature === undefined) return blind('the signing keys')
    const draft = step.ok ? letIn(signature) : refused(step, signature)
    if (draft === undefined) return
    yield {
      ...draft,
      message: messageOf(step, signature) + (step.ok ? ', and the server issues a token' : ''),
      evidence: [
        { step, at: 'request.client-assertion.alg' },
        { step, at: 'request.client-assertion.kid', ...noteOf(signature) },
        { step, at: 'response.status' },
        ...keysIn(flow, signature),
      ],
    }
  },

  examples: {
    good: [
      { name: 'the key that the client publishes', http: login('k1', 'k1', 'issued') },
      {
        name: 'it is right, and refused for something else',
        http: login('k1', 'k1', 'assertion expired'),
      },
    ],
    bad: [
      {
        name: 'another key has signed than the one of that name',
        http: login('k1', 'k2 k1', 'client authentication failed'),
        expect: { variant: 'wrong', severity: 'error', fault: 'client' },
      },
      {
        name: 'the key that it names is not among those of the client',
        http: login('k1', 'k2', 'no matching key'),
        expect: { variant: 'unknown-key', severity: 'error', fault: 'client' },
      },
      {
        name: 'the published key has signed, and the server says that it has not',
        http: login('k1', 'k1', 'invalid signature'),
        expect: { variant: 'refused', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

type Judged = Omit<Draft, 'message' | 'evidence'>

/** Keys may be newer than what was seen of them, so only one that is there and does not fit tells of a server that does not look. */
function letIn({ outcome, older }: Signature): Judged | undefined {
  return outcome === 'wrong' && older !== true
    ? {
        variant: 'accepted',
        severity: 'warning',
        fault: 'authorization-server',
        confidence: 'likely',
        remedy:
          'Verify the signature of every client assertion with the keys of the client, and refuse what does not verify.',
      }
    : undefined
}

function refused(step: TokenCall, { outcome, older }: Signature): Judged | undefined {
  const blamed = said(step, 'signature', 'key-id') !== undefined
  if (outcome === 'verified')
    return blamed
      ? {
          variant: 'refused',
          fault: 'authorization-server',
          remedy:
            'Verify client assertions with the keys that the client publishes now, and fetch them again when a key id is not known.',
        }
      : undefined
  const other = said(step, 'assertion-audience', 'audience', 'expired', 'not-yet-valid', 'scope')
  const isSure = blamed || (older !== true && other === undefined)
  return {
    variant: outcome,
    severity: isSure ? 'error' : 'warning',
    fault: 'client',
    confidence: older === true ? 'likely' : 'certain',
  }
}

function messageOf({ clientAssertion }: TokenCall, { outcome }: Signature): string {
  const alg = quoted(stringMember(clientAssertion?.header, 'alg'))
  const kid = quoted(stringMember(clientAssertion?.header, 'kid'))
  switch (outcome) {
    case 'verified':
      return `the key ${kid} of the client makes the signature of client_assertion, and the server refuses it`
    case 'algorithm':
      return `client_assertion is signed with ${alg}, for which the client publishes no key`
    case 'unknown-key':
      return `client_assertion names the key ${kid}, which is not among those that the client publishes`
    case 'wrong':
      return `no key that the client publishes as ${kid} makes the signature of client_assertion`
  }
}

function noteOf({ ids, older, keys }: Signature): { note?: string } {
  const listed = ids?.length === 0 ? 'keys without ids' : ids?.join(', ')
  return listed === undefined
    ? {}
    : { note: `${keys} has ${listed}${older === true ? ', read before it was signed' : ''}` }
}

/** Where the keys of the client stand, as far as the capture shows it. */
function keysIn(flow: Flow, { keys }: Signature): Draft['evidence'] {
  const read = flow.of('jwks').findLast(({ url }) => url === keys)
  const document = flow.of('client-metadata').findLast(({ url }) => url === keys)
  return [
    read && { step: read, at: 'response.json/keys', note: 'the keys of the client' },
    document && { step: document, at: 'response.json/jwks', note: 'the keys of the client' },
  ]
}

/** A client that signs with `kid` and publishes `jwk`, and what the server says of it. */
function login(kid: string, jwk: string, words: string): string {
  const answer =
    words === 'issued'
      ? '< HTTP/1.1 200 OK\n\n    {"access_token":"${secret at_}","token_type":"Bearer"}'
      : `< HTTP/1.1 401 Unauthorized\n\n    {"error":"invalid_client","error_description":"${words}"}`
  return `
    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=client_credentials&client_id=https%3A%2F%2Fapp.example%2Fclient.json&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=\${jwt {"alg":"EdDSA","kid":"${kid}"} {"iss":"https://app.example/client.json","sub":"https://app.example/client.json","aud":"https://as.example","exp":1767268860,"jti":"1"}}

    ${answer}

    > GET https://app.example/client.json

    < HTTP/1.1 200 OK
    < content-type: application/json

    {"client_id":"https://app.example/client.json","client_name":"App","redirect_uris":["https://app.example/cb"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[\${jwk ${jwk}}]}}
`
}
