import {
  type Flow,
  type ResourceMetadata,
  covers,
  defineRule,
  difference,
  leadsTo,
  origin,
  quoted,
  stoppedAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/prm-resource-not-identical',
  title: 'Protected resource metadata spells the resource otherwise than clients do',
  severity: ['warning', 'info', 'error'],
  fault: ['resource-server', 'undetermined'],
  spec: ['RFC 9728 §3.3', 'MCP 2025-11-25 Canonical Server URI'],
  revisions: 'from 2025-06-18',
  why: 'RFC 9728 wants the identical string, so a strict client discards the document; audience checks that compare text fail as well.',
  remedy:
    'Set `resource` to the exact URL that clients connect to; give each endpoint a document of its own.',
  explains: ['flow/stalled'],

  on: 'resource-metadata',

  *check(step, flow) {
    const { resource } = step
    const subject = subjectOf(step, flow)
    if (!step.ok || resource === undefined || subject === undefined) return 'silent'
    // What covers nothing of it, or has a slash too many, is discovery/prm-resource-mismatch.
    if (!covers(resource, subject)) return 'silent'
    if (resource === `${subject}/`) return 'silent'
    // A document at the root may describe the whole origin.
    if (step.probe === 'root' && origin(resource) === resource.replace(/\/$/, '')) return
    const isStop = isTheEnd(step, flow)
    // A slash that is only in the URL that is called is noticed by few.
    const isSlash = resource === subject.replace(/\/$/, '')
    const kind = isSlash ? 'trailing-slash' : difference(resource, subject)
    if (kind === undefined || resource === subject || (isSlash && !isStop)) return
    yield {
      variant: kind === 'path' ? 'path-prefix' : kind,
      severity: respelled.has(kind) ? 'warning' : 'info',
      ...(isStop ? stop : {}),
      message: `the metadata for ${subject} says that it describes ${quoted(resource)}, which differs in ${words[kind] ?? kind}${isStop ? '; the login stops after it' : ''}`,
      remedy:
        isStop && kind === 'query'
          ? `Have the client call ${resource}, or take one that leaves the query out of the comparison.`
          : `Set resource to ${subject}, character for character` +
            (isStop ? `, or have the client call ${resource}.` : '.'),
      evidence: [{ step, at: 'response.json/resource', note: `must be identical to ${subject}` }],
    }
  },

  examples: {
    good: [
      { name: 'the very URL', http: '${opening only challenge resource-metadata}' },
      {
        name: 'a document at the root describes the origin',
        http: `
          \${opening only challenge}

          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}`,
      },
    ],
    bad: [
      {
        name: 'the default port is written out',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example:443/mcp","authorization_servers":["https://as.example"]}
          \${opening only server-metadata}`,
        expect: { variant: 'default-port', severity: 'warning' },
      },
      {
        name: 'the resource is the parent of the endpoint',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}
          \${opening only server-metadata}`,
        expect: { variant: 'path-prefix', severity: 'info' },
      },
      {
        name: 'the resource is the parent of the endpoint, and the login stops',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}`,
        expect: { variant: 'path-prefix', severity: 'error', fault: 'undetermined' },
      },
    ],
  },
})

/** Who is right of the two cannot be seen: one calls another URL than the other describes. */
const stop = {
  severity: 'error',
  confidence: 'likely',
  fault: 'undetermined',
  candidates: [
    { fault: 'client', why: 'it is to call the resource, or compares more strictly than others' },
    { fault: 'resource-server', why: 'its metadata does not name the URL that is called' },
  ],
} as const

/** Nothing came of the document: not even its authorization server was asked for metadata. */
function isTheEnd(step: ResourceMetadata, flow: Flow): boolean {
  return (
    stoppedAt(step, flow) &&
    !flow
      .after(step, 'server-metadata')
      .some(({ url }) => step.authorizationServers.some((issuer) => leadsTo(issuer, url)))
  )
}

/** One thing in another spelling, which no client that compares text accepts. */
const respelled = new Set(['case', 'default-port', 'percent-encoding'])

const words: Readonly<Record<string, string>> = {
  case: 'the case of scheme or host',
  'default-port': 'a port that need not be written',
  'percent-encoding': 'its percent-encoding',
  path: 'its path',
  query: 'its query',
  'trailing-slash': 'the slash at the end',
}

/** The URL that the document has to be identical with: what the path asked about, else the endpoint. */
function subjectOf(step: ResourceMetadata, flow: Flow): string | undefined {
  return step.probe === 'path' ? step.target : (flow.target ?? step.target)
}
