import {
  type Flow,
  type Pointer,
  type ResourceMetadata,
  blind,
  covers,
  defineRule,
  isThrough,
  member,
  misspelt,
  objectOf,
  origin,
  pointerPart,
  quoted,
  shortened,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/prm-authorization-servers-invalid',
  title: 'Protected resource metadata names no usable authorization server',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['MCP 2025-06-18 Authorization Server Location', 'RFC 9728 §2', 'RFC 8414 §2'],
  revisions: 'from 2025-06-18',
  seed: ['D-4'],
  why: 'The client does not learn where to log in; some stop, others take the MCP server itself for the authorization server and guess at its endpoints.',
  remedy:
    'List the issuer identifier of the authorization server in `authorization_servers`, exactly as its own metadata spells it: no metadata, login or endpoint URL.',
  explains: [
    'discovery/asm-issuer-mismatch',
    'discovery/asm-missing',
    'discovery/prm-resource-mismatch#missing-resource',
    'discovery/wellknown-error-status',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'registration/no-usable-mechanism',
    'registration/rejected',
    'token/endpoint-unusable',
    'token/error-not-oauth',
  ],

  on: 'resource-metadata',

  *check(step, flow) {
    const document = objectOf(step.document)
    if (!step.ok || document === undefined) return 'silent'
    // Server metadata in this place is a different mistake, and so is a document about something else.
    if (member(document, 'token_endpoint') !== undefined || isForeign(step, flow)) return 'silent'
    const listed = member(document, 'authorization_servers')
    const entries: readonly unknown[] = Array.isArray(listed) ? listed : []
    const faults = entries.map((entry) => faultOf(entry, flow))
    if (faults.includes(undefined)) return
    // RFC 9728 leaves the member optional; MCP does not.
    if (listed === undefined && flow.mcpCalls.length === 0) return blind('the MCP call')
    const variant =
      faults[0] ??
      (listed === undefined ? 'missing' : Array.isArray(listed) ? 'empty' : 'not-array')
    const slip = listed === undefined ? misspelt(document, 'authorization_servers') : undefined
    const place: Pointer['at'] = `response.json/authorization_servers${entries.length > 0 ? '/0' : ''}`
    yield {
      variant,
      severity: goesOn(step, flow) ? 'warning' : 'error',
      message:
        (listed === undefined
          ? `the metadata at ${step.url} has no authorization_servers`
          : `the metadata at ${step.url} lists ${quoted(listed)} as authorization_servers`) +
        (faults[0] === undefined ? '' : `, ${explanations[faults[0]]}`) +
        (slip === undefined ? '' : `; found ${quoted(slip)}`),
      found:
        listed === undefined
          ? 'no authorization_servers'
          : `no issuer listed (${shortened(quoted(entries.length > 0 ? entries[0] : listed), 80)})`,
      evidence: [
        { step, at: place, note: 'must be the issuer identifier of an authorization server' },
        slip !== undefined && {
          step,
          at: `response.json/${pointerPart(slip)}`,
          note: 'probably meant as authorization_servers',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'an issuer with a path and a slash at its end',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/tenant/"]}`,
      },
    ],
    bad: [
      {
        name: 'the list is empty',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":[]}`,
        expect: { variant: 'empty', severity: 'error' },
      },
      {
        name: 'the metadata URL stands in place of the issuer',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/.well-known/oauth-authorization-server"]}`,
        expect: { variant: 'metadata-url-given', severity: 'error' },
      },
    ],
  },
})

const explanations = {
  'not-a-url': 'which is no absolute URL',
  'metadata-url-given': 'the URL of a metadata document in place of the issuer',
  'query-or-fragment': 'with a query or fragment, which an issuer cannot have',
  'endpoint-url-given': 'an endpoint in place of the issuer',
}

/** The last segment of endpoints that are taken for the issuer. */
const endpointNames = ['authorize', 'token', 'register', 'introspect', 'userinfo', 'jwks']

/** Why an entry is no issuer identifier (RFC 8414 §2); undefined when it may be one. */
function faultOf(entry: unknown, flow: Flow): keyof typeof explanations | undefined {
  if (typeof entry !== 'string' || origin(entry) === undefined || !entry.startsWith('http'))
    return 'not-a-url'
  // Somebody answers to that name, whatever it looks like.
  if (flow.of('server-metadata').some(({ ok, issuer }) => ok && issuer === entry)) return undefined
  if (entry.includes('/.well-known/')) return 'metadata-url-given'
  if (entry !== withoutResponse(entry)) return 'query-or-fragment'
  const last =
    entry
      .slice((origin(entry) ?? '').length)
      .split('/')
      .at(-1) ?? ''
  return endpointNames.includes(last) ? 'endpoint-url-given' : undefined
}

/** The document describes something else than the endpoint of this flow. */
function isForeign({ resource, probe }: ResourceMetadata, flow: Flow): boolean {
  const { target } = flow
  if (resource === undefined || target === undefined) return false
  return probe === 'root' && !covers(resource, target)
}

/** The login got through all the same, or another document names a server. */
function goesOn(step: ResourceMetadata, flow: Flow): boolean {
  const others = flow.of('resource-metadata').filter((other) => other !== step && other.ok)
  return isThrough(flow) || others.some((one) => one.authorizationServers.length > 0)
}
