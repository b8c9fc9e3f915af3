import {
  type Flow,
  type McpCall,
  boundKey,
  defineRule,
  member,
  metadataNaming,
  objectOf,
  proofsOf,
  quoted,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/binding-not-enforced',
  title: 'A server does not keep to the DPoP that it advertises',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['RFC 9449 §5', 'RFC 9449 §5.1', 'RFC 9449 §7.1', 'RFC 9728 §2'],
  revisions: 'an extension, in draft',
  reads: ['authorization', 'dpop'],
  weakness: true,
  why: 'A token that was to be worth nothing to a thief is as good as any other.',
  remedy:
    'Bind tokens to the key of the proof, and refuse a bound token that comes without a good proof.',

  on: ['server-metadata', 'token', 'mcp'],

  *check(step, flow) {
    if (!step.ok) return 'silent'
    if (step.kind === 'server-metadata') {
      const listed = stringsMember(objectOf(step.document), algorithms)
      if (listed === undefined) return 'silent'
      const bad = listed.find((alg) => alg === 'none' || alg.startsWith('HS'))
      if (listed.length > 0 && bad === undefined) return
      yield {
        variant: 'metadata-algs',
        fault: 'authorization-server',
        message:
          listed.length === 0
            ? 'the metadata lists no algorithm for DPoP'
            : `the metadata offers ${quoted(bad)} for DPoP proofs`,
        remedy: `List asymmetric algorithms in ${algorithms}, or leave it out.`,
        evidence: [
          { step, at: `response.json/${algorithms}`, note: 'must hold asymmetric algorithms' },
        ],
      }
      return
    }
    if (step.kind === 'token') {
      const type = stringMember(objectOf(step.answer), 'token_type')
      if (step.accessToken === undefined) return 'silent'
      const registration = flow.registrationOf(step.clientId)
      const metadata = registration && objectOf(registration.received)
      const promised = member(metadata, 'dpop_bound_access_tokens') === true
      if (step.proof === undefined) {
        if (!promised || registration === undefined) return 'silent'
        yield {
          variant: 'proof-not-required',
          fault: 'authorization-server',
          message: 'a client that is registered for bound tokens alone gets one without a proof',
          evidence: [
            { step: registration, at: 'response.json/dpop_bound_access_tokens' },
            { step, at: 'request.header.dpop', note: 'there is no such field' },
            { step, at: 'response.status', note: 'issued' },
          ],
        }
        return
      }
      if (type?.toLowerCase() !== 'bearer' || boundKey(step.accessToken) !== undefined) return
      // One that does not know DPoP does not look at the field.
      const document = objectOf(metadataNaming(step, flow)?.document)
      if (!promised && stringsMember(document, algorithms) === undefined) return
      // A server may issue Bearer tokens all the same (RFC 9449 §5).
      yield {
        variant: 'as-issued-bearer',
        severity: promised ? 'error' : 'warning',
        fault: 'authorization-server',
        message: 'the token request carries a proof, and the token is a plain Bearer one',
        evidence: [
          { step, at: 'request.header.dpop', note: 'a bound token was asked for' },
          { step, at: 'response.json/token_type', note: 'expected DPoP' },
        ],
      }
      return
    }
    if (step.answer?.result !== true || step.presented === undefined) return 'silent'
    if (!demandsProof(flow)) return 'silent'
    const fault = accepted(step, flow)
    if (fault === undefined) return
    yield {
      ...fault,
      fault: 'resource-server',
      evidence: [
        { step, at: 'request.header.authorization' },
        { step, at: 'request.header.dpop', note: fault.note },
        { step, at: 'response.status', note: 'served' },
      ],
    }
  },

  examples: {
    good: [{ name: 'a bound token with its proof', http: call('DPoP', proof()) }],
    bad: [
      {
        name: 'as Bearer',
        http: call('Bearer', ''),
        expect: { variant: 'rs-accepts-bearer', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'without a proof',
        http: call('DPoP', ''),
        expect: { variant: 'rs-accepts-bad-proof' },
      },
      {
        name: 'algorithms that prove nothing',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","dpop_signing_alg_values_supported":["HS256"]}`,
        expect: { variant: 'metadata-algs', fault: 'authorization-server' },
      },
    ],
  },
})

const algorithms = 'dpop_signing_alg_values_supported'

function proof(): string {
  return '\n    > dpop: ${jwt {"typ":"dpop+jwt","alg":"ES256","jwk":{"kty":"EC","crv":"P-256","x":"a","y":"b"}} {"jti":"1","htm":"POST","htu":"https://mcp.example/mcp","iat":1767268800}}'
}

function call(scheme: string, field: string): string {
  const token = '${jwt {"aud":"https://mcp.example/mcp","cnf":{"jkt":"k"}}}'
  const request = (fields: string) => `
    > POST https://mcp.example/mcp
    > mcp-session-id: s1
    > authorization: ${fields}

    {"jsonrpc":"2.0","id":2,"method":"tools/list"}
`
  return `${request('DPoP expired')}
    < HTTP/1.1 401 Unauthorized
    < www-authenticate: DPoP algs="ES256", error="invalid_token"
${request(`${scheme} ${token}${field}`)}
    < HTTP/1.1 200 OK

    {"jsonrpc":"2.0","id":2,"result":{"tools":[]}}`
}

/** The server asks for DPoP, in its challenge or in its metadata (RFC 9728 §2). */
function demandsProof(flow: Flow): boolean {
  const metadata = flow.resourceMetadata
  return (
    member(metadata && objectOf(metadata.document), 'dpop_bound_access_tokens_required') === true ||
    flow
      .of('challenge')
      .some(({ usable }) => usable.some(({ scheme }) => scheme.toLowerCase() === 'dpop'))
  )
}

function accepted(step: McpCall, flow: Flow) {
  const issued = flow.issuedBy(step.presented)
  const type = stringMember(issued && objectOf(issued.answer), 'token_type')?.toLowerCase()
  const isBound = type === 'dpop' || boundKey(step.presented?.token) !== undefined
  const scheme = step.presented?.scheme.toLowerCase()
  if (scheme === 'bearer' && isBound)
    return {
      variant: 'rs-accepts-bearer',
      message: `${step.target} accepts a bound token as Bearer, though it asks for DPoP`,
      note: 'no proof',
    }
  if (scheme !== 'dpop') return undefined
  if (proofsOf(step).length === 0)
    return {
      variant: 'rs-accepts-bad-proof',
      message: `${step.target} accepts a DPoP token without a proof`,
      note: 'there is no such field',
    }
  const htm = stringMember(step.proof?.claims, 'htm')
  return htm === undefined || htm === step.method
    ? undefined
    : {
        variant: 'rs-accepts-bad-proof',
        message: `${step.target} accepts a proof for ${quoted(htm)} with a ${step.method}`,
        note: `made for ${htm}`,
      }
}
