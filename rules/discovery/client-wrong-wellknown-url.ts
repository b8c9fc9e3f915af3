import {
  type Draft,
  type Flow,
  type ResourceMetadata,
  type ServerMetadata,
  defineRule,
  sameUrl,
  serverMetadataUrls,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/client-wrong-wellknown-url',
  title: 'The client asks for metadata at the wrong URL',
  severity: ['error'],
  fault: ['client'],
  spec: [
    'RFC 9728 §5.1',
    'RFC 8414 §3.1',
    'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements',
  ],
  revisions: 'from 2025-06-18',
  seed: ['D-4'],
  why: 'The document is where the specification says, but the client never asks there, so it believes that the server has no metadata.',
  remedy:
    'Ask at the URL that the challenge names. If it names none, insert the well-known segment between host and path, and try every such URL.',
  explains: [
    'discovery/asm-missing',
    'discovery/prm-missing',
    'discovery/wellknown-error-status',
    'flow/stalled',
    'flow/step-failed',
    'registration/no-usable-mechanism',
    'authorization/endpoint-error-page',
  ],

  on: ['resource-metadata', 'server-metadata'],

  *check(step, flow) {
    if (step.ok) return
    if (!flow.waited('backChannel')) return 'silent'
    const draft = step.kind === 'resource-metadata' ? ignored(step, flow) : appended(step, flow)
    if (draft !== undefined) yield draft
  },

  examples: {
    good: [
      {
        name: 'the named URL is asked, and another place besides',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/prm"

          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 404 Not Found

          > GET https://mcp.example/prm

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      },
    ],
    bad: [
      {
        name: 'the URL that the challenge names is never asked',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/mcp/.well-known/oauth-protected-resource"

          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'ignored-header-url', fault: 'client' },
      },
      {
        name: 'the segment is appended to the path of the issuer',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/tenant"]}

          > GET https://as.example/tenant/.well-known/oauth-authorization-server

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'appended-not-inserted', fault: 'client' },
      },
    ],
  },
})

/** The challenge named a URL that was asked neither here nor anywhere (RFC 9728 §5.1). */
function ignored(step: ResourceMetadata, flow: Flow): Draft | undefined {
  const challenge = flow
    .before(step, 'challenge')
    .find(({ resourceMetadata }) => resourceMetadata !== undefined)
  const named = challenge?.resourceMetadata
  const asked = flow.of('resource-metadata')
  if (challenge === undefined || named === undefined || asked[0] !== step) return undefined
  if (asked.some(({ url, ok }) => ok || sameUrl(url, named))) return undefined
  return {
    variant: 'ignored-header-url',
    message: `the challenge names ${named} as the metadata of the server; the client asked at ${step.url} and never there`,
    evidence: [
      { step: challenge, at: 'response.header.www-authenticate', note: 'names the URL' },
      { step, at: 'request.url', note: 'what the client asked for' },
      { step, at: 'response.status' },
    ],
  }
}

/** RFC 8414 §3.1 inserts the segment between host and path; only OpenID Connect Discovery §4 appends it. */
function appended(step: ServerMetadata, flow: Flow): Draft | undefined {
  if (step.form !== 'oauth' || step.placement !== 'appended') return undefined
  const [right] = serverMetadataUrls(step.issuerFromUrl ?? '')
  const asked = flow.of('server-metadata')
  if (right === undefined || asked.some(({ ok, url }) => ok || sameUrl(url, right.url)))
    return undefined
  const source = flow
    .before(step, 'resource-metadata')
    .find(({ authorizationServers }) =>
      authorizationServers.some((one) => sameUrl(one, step.issuerFromUrl ?? '')),
    )
  return {
    variant: 'appended-not-inserted',
    message: `the client asked for the metadata of ${step.issuerFromUrl} at ${step.url}; it belongs at ${right.url}, where it never asked`,
    remedy: `Ask at ${right.url}: the well-known segment goes between host and path.`,
    evidence: [
      { step, at: 'request.url', note: `must be ${right.url}` },
      { step, at: 'response.status' },
      source !== undefined && {
        step: source,
        at: 'response.json/authorization_servers/0',
        note: 'the issuer',
      },
    ],
  }
}
