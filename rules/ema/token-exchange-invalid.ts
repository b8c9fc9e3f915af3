import {
  type Draft,
  type Flow,
  type TokenCall,
  defineRule,
  idJag,
  isLogicalName,
  objectOf,
  param,
  proxyArtifact,
  quoted,
  stringMember,
  tokenExchange,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'ema/token-exchange-invalid',
  title: 'The token exchange for an ID-JAG, or its answer, is not as it has to be',
  severity: ['error', 'warning'],
  fault: ['client', 'authorization-server'],
  spec: [
    'MCP extension Enterprise-Managed Authorization',
    'RFC 8693 §2.1',
    'RFC 8693 §2.2.1',
    'ID-JAG §4.3',
  ],
  revisions: 'an extension from 2025-11-25',
  why: 'The identity provider decides by these parameters whom the assertion is for; the server behind refuses one that is for another.',
  remedy:
    'Send requested_token_type, audience (the issuer of the authorization server), resource (that of the resource metadata), subject_token and subject_token_type.',
  explains: [
    'ema/id-jag-invalid',
    'flow/stalled',
    'token/error-response',
    'token/required-parameter-missing',
    'token/response-invalid',
  ],

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== tokenExchange || step.status === undefined) return 'silent'
    if (param(step.params, 'requested_token_type') !== idJag) return 'silent'
    if (proxyArtifact(step) !== undefined) return 'silent'
    const asked = requestFault(step, flow)
    if (asked !== undefined)
      yield {
        ...asked,
        severity: step.ok ? 'warning' : 'error',
        evidence: [...asked.evidence, { step, at: 'response.status' }],
      }
    if (!step.ok) return
    const answered = answerFault(step)
    if (answered !== undefined) yield { fault: 'authorization-server', ...answered }
  },

  examples: {
    good: [{ name: 'all five parameters, answered with an ID-JAG', http: exchange() }],
    bad: [
      {
        name: 'for another authorization server',
        http: exchange('https://other.example'),
        expect: { variant: 'audience', fault: 'client' },
      },
      {
        name: 'answered with an access token',
        http: exchange('https://as.example', 'urn:ietf:params:oauth:token-type:access_token'),
        expect: { variant: 'response-type', fault: 'authorization-server' },
      },
    ],
  },
})

function exchange(audience = 'https://as.example', issued: string = idJag): string {
  return `
    \${opening only challenge resource-metadata}

    > POST https://idp.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=${tokenExchange}&requested_token_type=${idJag}&audience=${encodeURIComponent(audience)}&resource=https%3A%2F%2Fmcp.example%2Fmcp&subject_token=\${jwt {"aud":"app"}}&subject_token_type=urn:ietf:params:oauth:token-type:id_token

    < HTTP/1.1 200 OK

    {"issued_token_type":"${issued}","access_token":"\${jwt {"typ":"oauth-id-jag+jwt","alg":"ES256"} {"aud":"https://as.example"}}","token_type":"N_A"}`
}

type Fault = Pick<Draft, 'variant' | 'severity' | 'message' | 'evidence' | 'remedy'>

const required = ['audience', 'resource', 'subject_token', 'subject_token_type']

function requestFault(step: TokenCall, flow: Flow): Fault | undefined {
  const missing = required.filter((name) => (param(step.params, name) ?? '') === '')
  if (missing.length > 0)
    return {
      variant: 'parameter-missing',
      message: `the token exchange carries no ${missing.join(', ')}`,
      evidence: missing.map((name) => ({
        step,
        at: `request.form.${name}`,
        note: 'required; absent',
      })),
    }
  const metadata = flow.resourceMetadata ?? flow.resourceMetadataOf(param(step.params, 'resource'))
  const audience = param(step.params, 'audience') ?? ''
  const servers = metadata?.authorizationServers ?? []
  if (metadata !== undefined && servers.length > 0 && !servers.includes(audience))
    if (!(step.ok && isLogicalName(audience)))
      return {
        variant: 'audience',
        message: `the ID-JAG is asked for ${quoted(audience)}, and the resource lists ${servers.map(quoted).join(', ')}`,
        remedy: 'Send the issuer that the resource metadata lists as audience, to the letter.',
        evidence: [
          { step, at: 'request.form.audience' },
          { step: metadata, at: 'response.json/authorization_servers' },
        ],
      }
  const resource = param(step.params, 'resource')
  if (metadata?.resource !== undefined && resource !== metadata.resource)
    return {
      variant: 'resource',
      message: `the ID-JAG is asked for the resource ${quoted(resource)}, expected ${quoted(metadata.resource)}`,
      remedy: 'Send the resource of the resource metadata, to the letter.',
      evidence: [
        { step, at: 'request.form.resource' },
        { step: metadata, at: 'response.json/resource' },
      ],
    }
  return param(step.params, 'actor_token') === undefined
    ? undefined
    : {
        variant: 'actor-token',
        message: 'the token exchange carries an actor_token, which this grant does not know',
        remedy: 'Leave actor_token and actor_token_type out.',
        evidence: [{ step, at: 'request.form.actor_token', note: 'not used' }],
      }
}

function answerFault(step: TokenCall): Fault | undefined {
  const answer = objectOf(step.answer)
  const type = stringMember(answer, 'issued_token_type')
  if (type !== idJag)
    return {
      variant: 'response-type',
      severity: 'error',
      message: `an ID-JAG was asked for, and issued_token_type is ${type === undefined ? 'missing' : quoted(type)}`,
      remedy: `Answer with an ID-JAG and issued_token_type ${idJag}, or refuse.`,
      evidence: [{ step, at: 'response.json/issued_token_type', note: `must be ${idJag}` }],
    }
  if (step.accessToken?.format === 'opaque')
    return {
      variant: 'response-type',
      severity: 'error',
      message: 'what is called an ID-JAG is no signed JWT',
      remedy: 'Issue the ID-JAG as a signed JWT in the member access_token.',
      evidence: [{ step, at: 'response.json/access_token', note: 'must be a JWT' }],
    }
  const tokenType = stringMember(answer, 'token_type')
  if (tokenType !== undefined && tokenType.toLowerCase() !== 'n_a')
    return {
      variant: 'token-type',
      severity: 'warning',
      message: `token_type is ${quoted(tokenType)}, and an ID-JAG is no access token`,
      remedy: 'Answer with token_type N_A.',
      evidence: [{ step, at: 'response.json/token_type', note: 'must be N_A' }],
    }
  return step.issuedRefreshToken === undefined
    ? undefined
    : {
        variant: 'refresh-token',
        severity: 'warning',
        message: 'the answer to a token exchange holds a refresh token',
        remedy: 'Return no refresh token with an ID-JAG.',
        evidence: [{ step, at: 'response.json/refresh_token', note: 'should not be there' }],
      }
}
