import {
  type Draft,
  type Flow,
  type Token,
  type TokenCall,
  answeredAt,
  audiences,
  blind,
  defineRule,
  idJag,
  jwtBearer,
  lacks,
  member,
  metadataNaming,
  objectOf,
  proxyArtifact,
  quoted,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'ema/id-jag-invalid',
  title: 'The ID-JAG lacks a claim, or holds a wrong one',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'client'],
  spec: [
    'MCP extension Enterprise-Managed Authorization',
    'ID-JAG §3',
    'RFC 7523 §3',
    'RFC 8725 §3.11',
  ],
  revisions: 'an extension from 2025-11-25',
  seed: [{ item: 'A-4', variants: ['audience', 'resource'] }],
  why: 'The authorization server of the MCP server takes the word of the identity provider only where it is made out to it, for this client and this resource.',
  remedy:
    'Set up the identity provider so that aud is the issuer of the authorization server, client_id the client at that server, and resource that of the resource metadata.',
  explains: ['flow/stalled', 'token/client-auth-mismatch', 'token/error-response'],

  on: 'token',

  *check(step, flow) {
    const token = step.grantAssertion
    if (step.grantType !== jwtBearer || token === undefined) return 'silent'
    if (step.status === undefined || proxyArtifact(step) !== undefined) return 'silent'
    const issued = flow
      .before(step, 'token')
      .find(({ accessToken, answer }) => isIdJag(answer) && accessToken?.value === token.value)
    const typ = stringMember(token.header, 'typ')?.toLowerCase()
    if (issued === undefined && typ !== 'oauth-id-jag+jwt') return 'silent'
    if (token.claims === undefined)
      return token.format === 'jwe' ? blind('the request body') : 'silent'
    const fault = faultOf(token, step, flow)
    if (fault === undefined) return
    yield {
      ...fault,
      severity: step.ok ? 'warning' : 'error',
      evidence: [
        ...fault.evidence,
        issued && { step: issued, at: 'response.json/issued_token_type', note: 'issued here' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [{ name: 'made out to the server, the client and the resource', http: redeemed({}) }],
    bad: [
      {
        name: 'made out to the MCP server',
        http: redeemed({ aud: 'https://mcp.example/mcp' }),
        expect: { variant: 'audience', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'for another client',
        http: redeemed({ client_id: 'app-at-idp' }),
        expect: { variant: 'client-id', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

function redeemed(changes: Record<string, unknown>): string {
  const claims = {
    iss: 'https://idp.example',
    sub: 'ann',
    aud: 'https://as.example',
    client_id: 'app',
    resource: 'https://mcp.example/mcp',
    jti: '1',
    iat: 1767268800,
    exp: 1767269100,
    ...changes,
  }
  const [status, body] =
    Object.keys(changes).length === 0
      ? ['200 OK', '{"access_token":"${secret at_}","token_type":"Bearer"}']
      : ['400 Bad Request', '{"error":"invalid_grant"}']
  return `
    \${opening only challenge resource-metadata server-metadata}

    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=${jwtBearer}&client_id=app&assertion=\${jwt {"typ":"oauth-id-jag+jwt","alg":"ES256"} ${JSON.stringify(claims)}}

    < HTTP/1.1 ${status}

    ${body}`
}

type Fault = Pick<Draft, 'variant' | 'fault' | 'message' | 'evidence' | 'remedy'>

function isIdJag(answer: TokenCall['answer']): boolean {
  return stringMember(objectOf(answer), 'issued_token_type') === idJag
}

const required = ['iss', 'sub', 'aud', 'client_id', 'resource', 'jti', 'iat', 'exp']

function faultOf(token: Token, step: TokenCall, flow: Flow): Fault | undefined {
  const claims = token.claims!
  const typ = stringMember(token.header, 'typ')
  if (typ?.toLowerCase() !== 'oauth-id-jag+jwt')
    return {
      variant: 'typ',
      message: `the ID-JAG has the typ ${quoted(typ)}, expected "oauth-id-jag+jwt"`,
      remedy: 'Sign the ID-JAG with typ oauth-id-jag+jwt in its header.',
      evidence: [{ step, at: 'request.assertion.typ', note: 'must be oauth-id-jag+jwt' }],
    }
  const missing = required.filter((claim) => lacks(claims, claim))
  if (missing.length > 0)
    return {
      variant: 'claim-missing',
      message: `the ID-JAG has no ${missing.join(', ')}`,
      evidence: missing.map((claim) => ({
        step,
        at: `request.assertion.${claim}`,
        note: 'required; absent',
      })),
    }
  return recipientFault(token, step, flow) ?? expiryFault(token, step)
}

/** Whom it is made out to: the server, its client, the resource. */
function recipientFault(token: Token, step: TokenCall, flow: Flow): Fault | undefined {
  const metadata = metadataNaming(step, flow)
  const named = audiences(token)
  if (metadata?.issuer !== undefined && (named.length !== 1 || named[0] !== metadata.issuer))
    return {
      variant: 'audience',
      message: `the ID-JAG is made out to ${named.map(quoted).join(', ')}, expected ${quoted(metadata.issuer)} alone`,
      evidence: [
        { step, at: 'request.assertion.aud' },
        { step: metadata, at: 'response.json/issuer' },
      ],
    }
  const client = member(token.claims, 'client_id')
  if (step.clientId !== undefined && client !== step.clientId)
    return {
      variant: 'client-id',
      message: `the ID-JAG is for the client ${quoted(client)}, and ${quoted(step.clientId)} sends it`,
      evidence: [
        { step, at: 'request.assertion.client_id' },
        { step, at: 'request.form.client_id', note: 'the client at this server' },
      ],
    }
  const published = flow.resourceMetadata
  const resource = member(token.claims, 'resource')
  const resources: unknown[] = Array.isArray(resource) ? resource : [resource]
  return published?.resource === undefined || resources.includes(published.resource)
    ? undefined
    : {
        variant: 'resource',
        message: `the ID-JAG is for the resource ${quoted(resource)}, expected ${quoted(published.resource)}`,
        evidence: [
          { step, at: 'request.assertion.resource' },
          { step: published, at: 'response.json/resource' },
        ],
      }
}

/** Clocks may differ by so much, in seconds. */
const leeway = 60

function expiryFault(token: Token, step: TokenCall): Fault | undefined {
  const exp = member(token.claims, 'exp')
  const now = answeredAt(step) / 1000
  return typeof exp !== 'number' || exp + leeway >= now
    ? undefined
    : {
        variant: 'expired',
        fault: 'client',
        message: `the ID-JAG expired ${Math.round(now - exp)} s before it was sent`,
        remedy: 'Exchange the identity for a new ID-JAG when the old one is over.',
        evidence: [
          {
            step,
            at: 'request.assertion.exp',
            note: `${new Date(exp * 1000).toISOString()}, at ${new Date(now * 1000).toISOString()}`,
          },
        ],
      }
}
