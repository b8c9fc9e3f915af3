import {
  type Authorize,
  type Flow,
  type Pointer,
  type PushedRequest,
  type TokenCall,
  askedScopes,
  defineRule,
  isUpstreamHop,
  objectOf,
  parameterPlace,
  quoted,
  shortened,
  refusedScopes,
  scopeCarrier,
  scopesOf,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/rejected-by-as',
  title: 'The authorization server refuses the requested scope',
  severity: ['error'],
  fault: ['client', 'resource-server', 'authorization-server'],
  spec: ['RFC 6749 §3.3', 'RFC 6749 §5.2', 'RFC 7591 §2'],
  revisions: 'all',
  seed: [
    { item: 'A-5', faults: ['authorization-server'] },
    { item: 'R-1', variants: ['not-registered'], faults: ['client'] },
  ],
  threads: [
    'https://github.com/cloudflare/mcp-server-cloudflare/issues/457',
    'https://github.com/ChronoAIProject/NyxID/issues/434',
  ],
  why: 'The login ends before it begins: because of one scope that it does not grant, the server refuses the whole request.',
  remedy:
    'Ask for, register and list only scopes that the authorization server grants to MCP clients; let the server grant fewer scopes rather than refuse the request.',
  explains: [
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
    'token/error-response#invalid_request',
    'token/error-response#invalid_scope',
  ],

  on: ['authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    if (step.kind !== 'token' && isUpstreamHop(step, flow)) return 'silent'
    const refused = refusedScopes(step, flow)
    if (refused === undefined) return askedScopes(step, flow).length > 0 ? undefined : 'silent'
    const { blamed, refusal } = refused
    const request = scopeCarrier(step, flow)

    const all = lists(request, flow)
    const variants = blamed.map((scope) => originOf(scope, all))
    const variant = variants[0]!
    yield {
      variant,
      fault: faultOf(variant, blamed[0]!, all),
      confidence: blamed.length === 1 ? 'certain' : 'likely',
      message:
        `the authorization server refuses scope ${quoted(request.scope)}` +
        (refusal.text === '' ? '' : `, saying ${quoted(refusal.text)}`) +
        `; ${blamed.map((scope, at) => `${quoted(scope)} ${origins[variants[at]!].text}`).join(', ')}`,
      found: `scope ${shortened(blamed.join(' '), 80)} is refused`,
      remedy: origins[variant].remedy,
      evidence: [
        { step: refusal.step, at: refusal.at, note: 'the refusal' },
        refusal.saidAt && { step: refusal.step, at: refusal.saidAt },
        { ...parameterPlace(request, 'scope', flow), note: 'what the client asked for' },
        ...sources(variants, all),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the scope is granted',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&client_secret=s1&scope=mcp

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ one}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'the challenge asks for what cannot be had',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="mcp admin"

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1&scope=mcp%20admin

          # handed-over
          > GET http://127.0.0.1:5000/cb?error=invalid_scope&error_description=unknown+scope+admin&state=s1`,
        expect: { variant: 'from-challenge', fault: 'resource-server' },
      },
      {
        name: 'the client asks for what the server lists, and may not have it',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"scopes_supported":["mcp","roles"]}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&client_secret=s1&scope=mcp+roles

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_scope","error_description":"roles is not allowed"}`,
        expect: { variant: 'from-as-catalogue', fault: 'authorization-server' },
      },
    ],
  },
})

type Request = Authorize | PushedRequest | TokenCall
type Origin = keyof typeof origins

/** Where a scope that cannot be had came from, and what to do about it. */
const origins = {
  'from-challenge': {
    text: 'is asked for by the challenge',
    remedy: 'Ask in the challenge only for scopes that the authorization server grants.',
  },
  'from-prm': {
    text: 'is listed in the resource metadata',
    remedy: 'List in scopes_supported only scopes that the authorization server grants.',
  },
  'not-registered': {
    text: 'was not registered for this client',
    remedy: 'Register the client with every scope that it will ask for.',
  },
  'from-as-catalogue': {
    text: 'is named only by the metadata of the authorization server',
    remedy:
      'Grant what `scopes_supported` lists, or take it out of the list. A client that asks only for the scopes of the challenge or of the resource metadata is not refused for it.',
  },
  'client-invented': {
    text: 'was named by nobody else',
    remedy: 'Ask only for scopes that the challenge or the metadata names.',
  },
}

/** What each party named, before the request. */
function lists(step: Request, flow: Flow) {
  const challenge = flow.before(step, 'challenge').findLast(({ scope }) => scope !== undefined)
  const resource = flow.resourceMetadata
  const server = flow.serverMetadata
  const registration = flow.registrationOf(step.clientId)
  const sent = registration && stringMember(objectOf(registration.sent), 'scope')
  const kept = registration && stringMember(objectOf(registration.received), 'scope')
  return {
    challenge,
    resource,
    server,
    catalogue: server && stringsMember(objectOf(server.document), 'scopes_supported'),
    registration,
    wished: scopesOf(sent),
    registered: kept === undefined && sent === undefined ? undefined : scopesOf(kept ?? sent),
  }
}

type Lists = ReturnType<typeof lists>

function originOf(scope: string, { registered, catalogue, challenge, resource }: Lists): Origin {
  const isKnown = catalogue === undefined || catalogue.includes(scope)
  if (isKnown && registered?.includes(scope) === false) return 'not-registered'
  if (scopesOf(challenge?.scope).includes(scope)) return 'from-challenge'
  if (resource?.scopesSupported?.includes(scope) === true) return 'from-prm'
  return catalogue?.includes(scope) === true ? 'from-as-catalogue' : 'client-invented'
}

/** Who named a scope that cannot be had. */
function faultOf(variant: Origin, scope: string, { catalogue, wished }: Lists) {
  if (variant === 'not-registered')
    return wished.includes(scope) ? 'authorization-server' : 'client'
  if (variant === 'client-invented') return 'client'
  return catalogue?.includes(scope) === true ? 'authorization-server' : 'resource-server'
}

/** Where those that named a scope did so, and the list of the authorization server beside them. */
function* sources(found: readonly Origin[], all: Lists): Generator<Pointer> {
  const { challenge, resource, server, catalogue, registration } = all
  const listed = 'response.json/scopes_supported'
  const asked = 'response.header.www-authenticate'
  if (challenge && found.includes('from-challenge'))
    yield { step: challenge, at: asked, note: 'what the MCP server asks for' }
  if (resource && found.includes('from-prm'))
    yield { step: resource, at: listed, note: 'what the MCP server lists' }
  if (registration && found.includes('not-registered'))
    yield { step: registration, at: 'response.json/scope', note: 'what was registered' }
  if (server && catalogue)
    yield { step: server, at: listed, note: 'what the authorization server lists' }
}
