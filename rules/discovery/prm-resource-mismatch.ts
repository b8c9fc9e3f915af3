import {
  type Flow,
  type ResourceMetadata,
  covers,
  defineRule,
  isLoopback,
  isPrivate,
  member,
  objectOf,
  origin,
  quoted,
  sameUrl,
  stoppedAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/prm-resource-mismatch',
  title: 'Protected resource metadata names another resource',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['RFC 9728 §3.3', 'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements'],
  revisions: '2025-06-18 and later',
  seed: [{ item: 'U-3', severity: 'error' }],
  threads: [
    'https://github.com/anthropics/claude-ai-mcp/issues/560',
    'https://github.com/modelcontextprotocol/inspector/issues/738',
  ],
  why: 'A client must discard metadata whose `resource` does not cover the URL it connects to, so discovery stops here.',
  remedy: 'Set `resource` to the exact URL clients connect to, path included.',
  explains: [
    'audience/as-rejects-resource',
    'audience/aud-mismatch',
    'discovery/asm-missing',
    'discovery/client-used-rejected-metadata#resource',
    'flow/auth-not-started',
    'flow/stalled',
  ],

  on: 'resource-metadata',

  *check(step, flow) {
    const subject = subjectOf(step, flow)
    if (!step.ok || subject === undefined) return 'silent'
    const { resource } = step
    // Server metadata in this place is a different mistake.
    const isServerMetadata = member(objectOf(step.document), 'token_endpoint') !== undefined
    if (resource === undefined && isServerMetadata) return 'silent'
    const slash = resource === `${subject}/`
    if (resource !== undefined && isIdentifier(resource) && covers(resource, subject) && !slash)
      return
    const { via } = step.exchange.request
    const own = resource === undefined ? undefined : origin(resource)
    if (own !== undefined && via !== undefined && own === origin(via)) return 'silent'
    if (isNeighbour(step, flow, subject)) return 'silent'

    const internal =
      resource !== undefined &&
      (isPrivate(resource) || isLoopback(resource)) &&
      !isPrivate(subject) &&
      !isLoopback(subject)
    yield {
      variant: resource === undefined ? 'missing-resource' : variantOf(resource, subject),
      // Many clients let a slash at the end pass; some do not.
      severity: slash && !stoppedAt(step, flow) ? 'warning' : 'error',
      message:
        resource === undefined
          ? `the metadata for ${subject} does not say which resource it describes`
          : `the metadata for ${subject} says that it describes ${quoted(resource)}`,
      remedy:
        `Set resource to ${subject}` +
        (internal
          ? ', from a configured public URL and not from the Host of the request that the proxy makes.'
          : ', the URL that clients connect to.'),
      found: resource,
      expected: subject,
      evidence: [{ step, at: 'response.json/resource', note: `must cover ${subject}` }],
    }
  },

  examples: {
    good: [
      { name: 'resource is the URL the client uses', http: '${opening until resource-metadata}' },
    ],
    bad: [
      {
        name: 'resource has another host',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"resource":"https://internal.example/mcp","authorization_servers":["https://as.example"]}`,
        expect: { variant: 'different-origin' },
      },
      {
        name: 'the server does not know that it is reached over https',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"http://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
        expect: { variant: 'different-scheme' },
      },
      {
        name: 'a slash too many, and the client stops',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp/","authorization_servers":["https://as.example"]}`,
        expect: { variant: 'trailing-slash', severity: 'error' },
      },
    ],
  },
})

/**
 * The URL that a document has to describe: the endpoint, or what a path-inserted URL asked about. Where several log in at once,
 * one that no challenge of this login names may be another's: it has to describe what was challenged there.
 */
function subjectOf(step: ResourceMetadata, flow: Flow): string | undefined {
  const named = flow
    .of('challenge')
    .some(({ resourceMetadata: url }) => url !== undefined && sameUrl(url, step.url))
  const asked = step.probe === 'path' || (step.probe === 'challenge' && !named)
  return asked ? (step.target ?? flow.target) : (flow.target ?? step.target)
}

/** Another document describes the endpoint, so one at the root may be that of a neighbour. */
function isNeighbour(step: ResourceMetadata, flow: Flow, subject: string): boolean {
  return (
    step.probe === 'root' &&
    flow
      .of('resource-metadata')
      .some((other) => other.ok && other.resource !== undefined && covers(other.resource, subject))
  )
}

/** Whether the value can identify a resource: an absolute https URL without fragment (RFC 9728 §1.2). */
function isIdentifier(resource: string): boolean {
  const own = origin(resource)
  if (own === undefined || resource.includes('#')) return false
  return own.startsWith('https://') || own.startsWith('http://')
}

function variantOf(resource: string, subject: string): string {
  if (!isIdentifier(resource)) return 'not-a-url'
  if (resource === `${subject}/`) return 'trailing-slash'
  const [own, wanted] = [origin(resource) ?? '', origin(subject) ?? '']
  if (own === wanted) return 'not-a-prefix'
  return own.replace('http://', 'https://') === wanted ? 'different-scheme' : 'different-origin'
}
