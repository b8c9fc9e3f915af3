import {
  type Authorize,
  type Flow,
  type Pointer,
  type PushedRequest,
  type Registration,
  type ServerMetadata,
  type TokenCall,
  blind,
  defineRule,
  isUpstreamHop,
  member,
  objectOf,
  origin,
  stepKinds,
  stringMember,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/client-ignored-advertised-endpoints',
  title: 'The client asks at another endpoint than the metadata names',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 8414 §2', 'MCP 2025-11-25 Authorization Server Metadata Discovery'],
  revisions:
    'all, as soon as metadata was read; default endpoints after a search in vain are those of 2025-03-26',
  needs: ['server-metadata'],
  seed: [{ item: 'R-3', when: ({ kind }) => kind === 'registration' }],
  why: 'The server that was asked does not know the client, or is none; what was sent to it may be secret.',
  remedy:
    'Take every endpoint from the metadata of the authorization server that the resource metadata lists; neither guess paths nor keep endpoints across issuers.',
  explains: [
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
    'registration/rejected',
    'token/endpoint-unusable',
    'token/error-not-oauth',
    'token/error-response',
    'token/grant-sent-to-wrong-as',
  ],

  on: ['registration', 'pushed-request', 'authorize', 'token'],

  *check(step, flow) {
    const documents = flow.before(step, 'server-metadata').filter(({ ok }) => ok)
    if (documents.length === 0)
      return flow.serverMetadata === undefined ? blind('the server metadata') : 'silent'
    if (isSomebodyElse(step, flow)) return 'silent'
    const name = stepKinds[step.kind].endpoint ?? ''
    const advertised = documents.flatMap((document) => endpoints(document, name))
    if (advertised.length === 0) return 'silent'
    const asked = withoutResponse(step.url)
    if (advertised.some((url) => withoutResponse(url) === asked)) return
    const named = documents.at(-1)!
    const right = endpoints(named, name)[0] ?? advertised[0]!
    const guessed = flow.target !== undefined && origin(flow.target) === origin(step.url)
    const evidence: Pointer[] = [
      { step, at: 'request.url', note: `must be ${right}` },
      { step: named, at: `response.json/${name}`, note: 'what the metadata names' },
      { step, at: 'response.status' },
    ]
    yield {
      variant: guessed && isDefault(asked) ? 'default-endpoints' : step.kind,
      severity: isServed(step, flow) ? 'warning' : 'error',
      message: `the metadata names ${right} as ${name}, and the client asks at ${asked}`,
      found: asked,
      expected: right,
      evidence,
    }
  },

  examples: {
    good: [
      {
        name: 'the endpoints of the metadata, one with a query of its own',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize?p=policy","token_endpoint":"https://as.example/token"}

          # handed-over
          > GET https://as.example/authorize?p=policy&response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1

          \${opening only callback token}`,
      },
    ],
    bad: [
      {
        name: 'the client registers at the default endpoint of the MCP server',
        http: `
          \${opening until server-metadata}

          > POST https://mcp.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'default-endpoints', severity: 'error' },
      },
      {
        name: 'the token is asked for at a path of old, and issued',
        http: `
          \${opening until callback}

          > POST https://as.example/oauth/token

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'token', severity: 'warning' },
      },
    ],
  },
})

type Subject = Registration | PushedRequest | Authorize | TokenCall

/** Paths that clients of 2025-03-26 had to fall back to. */
function isDefault(url: string): boolean {
  return ['/authorize', '/token', '/register'].includes(url.slice((origin(url) ?? '').length))
}

/** A grant of another sort goes to another server, and a server behind the server has requests of its own. */
function isSomebodyElse(step: Subject, flow: Flow): boolean {
  if (step.kind === 'registration') return false
  if (step.kind !== 'token') return isUpstreamHop(step, flow)
  return step.grantType !== 'authorization_code' && step.grantType !== 'refresh_token'
}

/** The URLs that a document names for this purpose (RFC 8414 §2, RFC 8705 §5). */
function endpoints({ document }: ServerMetadata, name: string): string[] {
  const object = objectOf(document)
  const aliases = member(object, 'mtls_endpoint_aliases')
  const alias =
    typeof aliases === 'object' && aliases !== null && !Array.isArray(aliases)
      ? stringMember(aliases as Record<string, unknown>, name)
      : undefined
  return [stringMember(object, name), alias].filter((url) => url !== undefined)
}

function isServed(step: Subject, flow: Flow): boolean {
  if (step.kind !== 'authorize') return step.ok
  return flow.after(step, 'callback', 'token').some(({ ok }) => ok)
}
