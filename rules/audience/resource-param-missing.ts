import {
  type Authorize,
  type Flow,
  type Pointer,
  type PushedRequest,
  type Refused,
  type Said,
  type TokenCall,
  audiences,
  before,
  blind,
  defineRule,
  isOwnAudience,
  isUpstreamHop,
  parameterPlace,
  refusalOf,
  refusesResource,
  resourceMetadataSearch,
  said,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/resource-param-missing',
  title: 'The client does not say which resource the token is for',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 8707 §2', 'MCP 2025-06-18 Resource Parameter Implementation'],
  revisions: 'from 2025-06-18',
  seed: ['A-1'],
  threads: [
    'https://github.com/anthropics/claude-code/issues/90497',
    'https://github.com/openai/codex/issues/24890',
  ],
  why: 'An authorization server that is not told the resource issues a token for its default audience, which the MCP server must refuse.',
  remedy:
    'Send `resource` with the canonical URL of the MCP server in the authorization request and in every token request.',
  explains: [
    'audience/aud-mismatch',
    'audience/aud-missing',
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'authorization/error-response',
    'token/error-response',
  ],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    const revision = flow.revision.client
    if (revision === undefined || before(revision, '2025-06-18')) return 'silent'
    const leg = legOf(step)
    if (leg === undefined) return 'silent'
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    if (step.resources.length > 0) return
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')

    const first = firstLeg(step, leg, flow)
    yield {
      variant: first,
      severity: severityOf(step, first, flow),
      message: `${names[first]} carries no resource${flow.resource === undefined ? '' : `; expected ${flow.resource}`}`,
      remedy: `Send resource=${flow.resource ?? '<URL of the MCP server>'} in the authorization request and in every token request, also where the authorization server might ignore it.`,
      expected: flow.resource,
      evidence: [
        {
          ...parameterPlace(step, 'resource', flow),
          note: `${names[leg]} has no resource parameter`,
        },
        ...(leg === first ? expected(flow) : []),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'both legs name the resource',
        revision: '2025-06-18',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s&resource=https%3A%2F%2Fmcp.example%2Fmcp

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ one}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'neither leg names it: one mistake',
        revision: '2025-06-18',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ one}","token_type":"Bearer"}`,
        expect: { variant: 'authorization', severity: 'error', fault: 'client' },
      },
      {
        name: 'the token request drops it',
        revision: '2025-11-25',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s&resource=https%3A%2F%2Fmcp.example%2Fmcp

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_target"}`,
        expect: { variant: 'token', severity: 'error' },
      },
    ],
  },
})

type Request = Authorize | PushedRequest | TokenCall

/** Where it stands which resource to ask for. */
function expected({ resourceMetadata, mcpCalls: [call] }: Flow): Pointer[] {
  if (resourceMetadata?.resource !== undefined)
    return [{ step: resourceMetadata, at: 'response.json/resource', note: 'what to ask for' }]
  return call === undefined ? [] : [{ step: call, at: 'request.url', note: 'what to ask for' }]
}

/** Grants whose token request has to name the resource, and how each leg is called. */
const legs = new Map([
  ['authorization_code', 'token'],
  ['refresh_token', 'refresh'],
  ['client_credentials', 'client-credentials'],
])

const names: Readonly<Record<string, string>> = {
  authorization: 'the authorization request',
  token: 'the token request',
  refresh: 'the refresh request',
  'client-credentials': 'the client credentials request',
}

function legOf(step: Request): string | undefined {
  return step.kind === 'token' ? legs.get(step.grantType ?? '') : 'authorization'
}

/** The earliest leg of the same login that lacks the parameter as well: one mistake, one finding. */
function firstLeg(step: Request, leg: string, flow: Flow): string {
  if (step.kind !== 'token' || leg === 'client-credentials') return leg
  const lacking = flow
    .before(step, 'authorize', 'token')
    .filter((other) => other.resources.length === 0)
    .filter((other) => other.kind === 'token' || !(other.opaque || isUpstreamHop(other, flow)))
    .map((other) => legOf(other))
  return ['authorization', 'token'].find((earlier) => lacking.includes(earlier)) ?? leg
}

/** An error where the token that it got was refused for it, or might be; else a warning. */
function severityOf(step: Request, first: string, flow: Flow): 'error' | 'warning' {
  if (first === 'refresh')
    return step.kind === 'token' && wasRefusedForIt(step, flow) ? 'error' : 'warning'
  const search = resourceMetadataSearch(flow)
  // Without metadata of the resource, clients take the server for one of 2025-03-26.
  const lost = search === 'exhausted' || search === 'given-up'
  return lost || wasAccepted(flow) || brokeOtherwise(flow) ? 'warning' : 'error'
}

/** The token of this very request was refused, for an audience that is another or for words about it. */
function wasRefusedForIt(step: TokenCall, flow: Flow): boolean {
  const token = step.accessToken
  const refused = flow.usesOf(step).find((call) => call.kind === 'challenge')
  if (token === undefined || refused?.kind !== 'challenge') return false
  const named = audiences(token)
  if (named.length > 0) return !named.some((one) => isOwnAudience(one, flow))
  return said(refused, 'audience') !== undefined
}

/** A token from this client was accepted by the MCP server all the same. */
function wasAccepted(flow: Flow): boolean {
  return flow.of('mcp').some((call) => call.ok && flow.issuedBy(call.presented) !== undefined)
}

/** No token was issued, or none that was accepted, and what refused it does not speak of a resource. */
function brokeOtherwise(flow: Flow): boolean {
  if (flow.of('token').some(({ ok }) => ok)) return isTokenRefusedForOther(flow)
  const refusals = flow
    .of('authorize', 'pushed-request', 'token')
    .map((step) => refusalOf(step, flow))
    .filter((refusal) => refusal !== undefined)
  return refusals.length > 0 && !refusals.some(mayMissIt)
}

/** It speaks of the resource, or of a parameter and does not say of which. */
function mayMissIt(refusal: Refused): boolean {
  return (
    refusesResource(refusal) || (refusal.error === 'invalid_request' && refusal.says.length === 0)
  )
}

function isTokenRefusedForOther(flow: Flow): boolean {
  const refused = flow.of('challenge').findLast(({ presented }) => flow.issuedBy(presented))
  if (refused === undefined || said(refused, 'audience') !== undefined) return false
  const named = audiences(refused.presented!.token)
  const isForUs = named.some((one) => isOwnAudience(one, flow))
  return isForUs || (named.length === 0 && (refused.refusal?.says ?? []).some(isAboutOther))
}

/** That a token is refused, or missing, says nothing of the reason. */
function isAboutOther({ meaning }: Said): boolean {
  return !['credential-refused', 'credential-missing', 'unauthenticated'].includes(meaning)
}
