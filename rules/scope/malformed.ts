import {
  type Authorize,
  type Challenge,
  type Flow,
  type Party,
  type Place,
  type Pointer,
  type PushedRequest,
  type Registration,
  type ResourceMetadata,
  type ServerMetadata,
  type TokenCall,
  defineRule,
  isUpstreamHop,
  listedScopes,
  member,
  objectOf,
  parameterPlace,
  publishedScopes,
  quoted,
  refusedScopes,
  scopeFlaw,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/malformed',
  title: 'A scope is not written as scopes are',
  severity: ['warning', 'error', 'info'],
  fault: ['client', 'resource-server', 'authorization-server'],
  spec: ['RFC 6749 §3.3', 'RFC 6750 §3', 'RFC 6749 §5.1'],
  revisions: 'all',
  seed: [
    { item: 'R-1', when: ({ kind }) => kind === 'registration' },
    { item: 'U-4', when: ({ kind }) => kind === 'challenge' },
  ],
  why: 'Servers compare scopes letter by letter: a stray space, comma or bracket makes another scope of it, which nobody grants.',
  remedy: 'Write scopes as one string, the values parted by single spaces.',
  explains: [
    'scope/rejected-by-as',
    'scope/server-refuses-own-scope',
    'scope/documents-disagree',
    'registration/rejected',
    'authorization/error-response',
    'token/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: [
    'challenge',
    'resource-metadata',
    'server-metadata',
    'registration',
    'authorize',
    'pushed-request',
    'token',
  ],

  *check(step, flow) {
    const written = writtenIn(step, flow)
    if (written.length === 0) return 'silent'
    const known = [...publishedScopes(flow), ...(listedScopes(flow.serverMetadata) ?? [])]
    for (const { value, place, fault, isElement } of written) {
      const flaw = typeof value === 'string' ? flawOf(value, isElement, known) : notString
      if (flaw === undefined) continue
      const refused = isRefused(step, flow)
      yield {
        variant: flaw.variant,
        fault,
        // A client that parts an answer by spaces reads it all the same.
        severity: refused
          ? 'error'
          : step.kind === 'token' && flaw.variant === 'extra-space' && fault !== 'client'
            ? 'info'
            : 'warning',
        message: `the scope ${quoted(value)} ${flaw.text}`,
        evidence: [place, refused && { step, at: 'response.status', note: 'what came of it' }],
      }
    }
  },

  examples: {
    good: [
      {
        name: 'commas, colons and slashes inside values',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&scope=a%2Cb%20mcp%3Atools%20https%3A%2F%2Fapi.example%2F.default

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'a space before the only scope, refused',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1&scope=+offline_access

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:1/cb?error=invalid_scope&state=s1`,
        expect: { variant: 'extra-space', severity: 'error', fault: 'client' },
      },
      {
        name: 'two scopes in one entry of the list',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["read write"]}`,
        expect: { variant: 'joined-array-element', severity: 'warning', fault: 'resource-server' },
      },
      {
        name: 'commas between scopes of the challenge',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="read, write"`,
        expect: { variant: 'comma-separated', severity: 'warning', fault: 'resource-server' },
      },
    ],
  },
})

type Sender =
  | Challenge
  | ResourceMetadata
  | ServerMetadata
  | Registration
  | Authorize
  | PushedRequest
  | TokenCall

interface Written {
  readonly value: unknown
  readonly place: Pointer
  readonly fault: Party
  /** An entry of a list, which holds one scope. */
  readonly isElement?: true
}

const notString = { variant: 'json-array', text: 'is no string' }

function flawOf(value: string, isElement: true | undefined, known: readonly string[]) {
  const flaw = scopeFlaw(value, known)
  return flaw === undefined && isElement && value.includes(' ')
    ? { variant: 'joined-array-element', text: 'stands in a list whose entries are one scope each' }
    : flaw
}

/** Scopes as the sender of a step wrote them. */
function writtenIn(step: Sender, flow: Flow): Written[] {
  switch (step.kind) {
    case 'challenge':
      return one(step.scope, { step, at: 'response.header.www-authenticate' }, 'resource-server')
    case 'resource-metadata':
      return entries(step, 'resource-server')
    case 'server-metadata':
      return entries(step, 'authorization-server')
    case 'registration':
      // A list in place of the string is `registration/request-incomplete`.
      return one(
        stringMember(objectOf(step.sent), 'scope'),
        { step, at: 'request.json/scope' },
        'client',
      )
    case 'token':
      return [
        ...one(step.scope, parameterPlace(step, 'scope', flow), 'client'),
        ...one(
          member(objectOf(step.answer), 'scope'),
          { step, at: 'response.json/scope' },
          'authorization-server',
        ),
      ]
    default:
      return isUpstreamHop(step, flow)
        ? []
        : one(step.scope, parameterPlace(step, 'scope', flow), 'client')
  }
}

/** An empty scope asks for nothing, and null says nothing. */
function one(value: unknown, place: Pointer, fault: Party): Written[] {
  return value === undefined || value === null || value === '' ? [] : [{ value, place, fault }]
}

function entries(step: ResourceMetadata | ServerMetadata, fault: Party): Written[] {
  const list = step.ok ? stringsMember(objectOf(step.document), 'scopes_supported') : undefined
  return (list ?? []).map((value, index) => ({
    value,
    place: { step, at: `response.json/scopes_supported/${index}` satisfies Place },
    fault,
    isElement: true,
  }))
}

function isRefused(step: Sender, flow: Flow): boolean {
  switch (step.kind) {
    case 'registration':
    case 'authorize':
    case 'pushed-request':
    case 'token':
      return refusedScopes(step, flow) !== undefined
    default:
      return false
  }
}
