import {
  type Flow,
  type JsonObject,
  type Place,
  type ResourceMetadata,
  type ServerMetadata,
  defineRule,
  lacks,
  member,
  misspelt,
  objectOf,
  origin,
  pointerPart,
  quoted,
  sameUrl,
  stoppedAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/metadata-invalid-values',
  title: 'Metadata has members that clients cannot use',
  severity: ['warning', 'error', 'info'],
  fault: ['authorization-server', 'resource-server'],
  spec: ['RFC 8414 §2', 'RFC 8414 §3.2', 'RFC 9728 §2', 'RFC 9728 §3.2', 'RFC 9728 §4'],
  revisions: 'all',
  seed: [{ item: 'D-2', when: ({ kind }) => kind === 'server-metadata' }],
  why: 'A client that validates metadata by a schema rejects the whole document for one member of a wrong type.',
  remedy:
    'Give members the types that RFC 8414 and RFC 9728 list, spell them so, and leave out those that have no value.',
  explains: [
    'discovery/prm-resource-mismatch#missing-resource',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'pkce/support-not-advertised',
    'registration/no-usable-mechanism',
  ],

  on: ['resource-metadata', 'server-metadata'],

  *check(step, flow) {
    const document = objectOf(step.document)
    if (!step.ok || document === undefined) return 'silent'
    const all = [
      ...Object.keys(document)
        .slice(0, 500)
        .flatMap((name) => faultsOf(name, document)),
      ...(step.kind === 'server-metadata' ? unfit(document, flow) : slips(document, resourceNames)),
      ...(step.kind === 'server-metadata' ? slips(document, serverNames) : unsent(document)),
    ]
    const [first] = all.filter(({ minor }) => minor !== true)
    const shown = first === undefined ? all : all.filter(({ minor }) => minor !== true)
    const told = first ?? all[0]
    if (told === undefined) return
    yield {
      variant: told.variant,
      severity: first === undefined ? 'info' : stoppedAt(step, flow) ? 'error' : 'warning',
      confidence: first !== undefined && stoppedAt(step, flow) ? 'likely' : undefined,
      fault: ownerOf(step),
      message: `in the metadata at ${step.url}, ${shown.map(({ text }) => text).join('; ')}`,
      evidence: shown.map(({ name, note }) => ({
        step,
        at: `response.json/${pointerPart(name)}` as Place,
        note,
      })),
    }
  },

  examples: {
    good: [
      { name: 'every member has its type', http: '${opening only server-metadata}' },
      {
        name: 'unknown members and those tagged with a language are none of our business',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"resource_name#fr":"serveur","x_extra":"yes"}`,
      },
    ],
    bad: [
      {
        name: 'a member without a value is null, and the client stops',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"registration_endpoint":null}`,
        expect: { variant: 'null-member', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'a text stands where a list belongs, and the client goes on',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":"mcp"}

          \${opening only server-metadata registration}`,
        expect: { variant: 'string-for-array', severity: 'warning', fault: 'resource-server' },
      },
    ],
  },
})

interface BadMember {
  readonly variant: string
  readonly name: string
  readonly text: string
  readonly note: string
  /** No client is known to mind. */
  readonly minor?: true
}

const lists = new Set([
  'acr_values_supported',
  'authorization_details_types_supported',
  'bearer_methods_supported',
  'claims_supported',
  'code_challenge_methods_supported',
  'dpop_signing_alg_values_supported',
  'grant_types_supported',
  'id_token_signing_alg_values_supported',
  'protected_resources',
  'resource_signing_alg_values_supported',
  'response_modes_supported',
  'response_types_supported',
  'scopes_supported',
  'subject_types_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
])

const flags = new Set([
  'authorization_response_iss_parameter_supported',
  'client_id_metadata_document_supported',
  'dpop_bound_access_tokens_required',
  'require_pushed_authorization_requests',
  'tls_client_certificate_bound_access_tokens',
])

/** Members whose absence has a rule of its own, which tells also when they are null or misspelled. */
const required = new Set([
  'authorization_endpoint',
  'authorization_servers',
  'id_token_signing_alg_values_supported',
  'issuer',
  'response_types_supported',
  'subject_types_supported',
  'token_endpoint',
])

const resourceNames = ['resource', 'scopes_supported', 'bearer_methods_supported']
const serverNames = [
  'client_id_metadata_document_supported',
  'code_challenge_methods_supported',
  'grant_types_supported',
  'pushed_authorization_request_endpoint',
  'registration_endpoint',
  'scopes_supported',
  'token_endpoint_auth_methods_supported',
]

function faultsOf(name: string, document: JsonObject): BadMember[] {
  const value = member(document, name)
  const bad = (variant: string, what: string, note: string, minor?: true): BadMember[] => [
    { variant, name, text: `${name} is ${what}`, note, ...(minor === undefined ? {} : { minor }) },
  ]
  const isEndpoint = name.endsWith('_endpoint') || name === 'jwks_uri'
  const known = lists.has(name) || flags.has(name) || isEndpoint || name === 'resource'
  if (value === null)
    return known && !required.has(name)
      ? bad('null-member', 'null', 'leave it out where it has no value')
      : []
  if (lists.has(name) && typeof value === 'string')
    return bad('string-for-array', `the text ${quoted(value)}`, 'must be a list')
  // RFC 8414 §3.2 wants empty lists left out; hardly a client minds.
  if (lists.has(name) && Array.isArray(value) && value.length === 0)
    return bad('empty-array', 'an empty list', 'must have an element, or be left out', true)
  if (flags.has(name) && typeof value === 'string')
    return bad('string-for-boolean', `the text ${quoted(value)}`, 'must be true or false')
  if (!isEndpoint || typeof value !== 'string' || value === '') return []
  if (origin(value) === undefined)
    return bad('relative-endpoint', quoted(value), 'must be an absolute URL')
  return value.includes('#')
    ? bad('fragment-in-endpoint', quoted(value), 'must have no fragment')
    : []
}

/** What a server says of itself that keeps MCP clients out. */
function unfit(document: JsonObject, flow: Flow): BadMember[] {
  const types = member(document, 'response_types_supported')
  const grants = member(document, 'grant_types_supported')
  const byCode = !Array.isArray(grants) || grants.includes('authorization_code')
  const resources = member(document, 'protected_resources')
  const own = flow.resourceMetadata?.resource
  const bad: BadMember[] = []
  if (byCode && Array.isArray(types) && types.length > 0 && !types.some(isCode))
    bad.push({
      variant: 'code-not-supported',
      name: 'response_types_supported',
      text: `response_types_supported is ${quoted(types)}, without code`,
      note: 'must list code, by which MCP clients log in',
    })
  if (own !== undefined && Array.isArray(resources) && resources.length > 0)
    if (!resources.some((one) => typeof one === 'string' && sameUrl(one, own)))
      bad.push({
        variant: 'resource-not-listed-by-as',
        name: 'protected_resources',
        text: `protected_resources is ${quoted(resources)}, without ${own}`,
        note: `must list ${own}`,
      })
  return bad
}

function isCode(type: unknown): boolean {
  return typeof type === 'string' && type.split(' ').includes('code')
}

/** MCP clients send tokens in the Authorization field alone. */
function unsent(document: JsonObject): BadMember[] {
  const methods = member(document, 'bearer_methods_supported')
  if (!Array.isArray(methods) || methods.length === 0 || methods.includes('header')) return []
  return [
    {
      variant: 'header-method-missing',
      name: 'bearer_methods_supported',
      text: `bearer_methods_supported is ${quoted(methods)}, without header`,
      note: 'must list header, by which MCP clients send tokens',
    },
  ]
}

function slips(document: JsonObject, names: readonly string[]): BadMember[] {
  return names.flatMap((name) => {
    const found = lacks(document, name) ? misspelt(document, name) : undefined
    return found === undefined
      ? []
      : [
          {
            variant: 'misspelled-member',
            name: found,
            text: `${quoted(found)} is probably meant as ${quoted(name)}`,
            note: `is read by nobody; expected ${name}`,
          },
        ]
  })
}

function ownerOf(step: ResourceMetadata | ServerMetadata) {
  return step.kind === 'resource-metadata' ? 'resource-server' : 'authorization-server'
}
