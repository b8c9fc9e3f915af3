import {
  type Flow,
  type ResourceMetadata,
  type ServerMetadata,
  type Step,
  atLeast,
  defineRule,
  namesEndpoint,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/client-used-rejected-metadata',
  title: 'The client goes by metadata that it has to reject',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: [
    'RFC 8414 §3.3',
    'RFC 9728 §3.3',
    'MCP 2026-07-28 Authorization Server Metadata Discovery',
  ],
  revisions: 'all through the RFCs; explicit from 2026-07-28, a warning before',
  why: 'The comparison is the guard against one server that passes for another; a client without it hands codes and tokens to whoever serves the document.',
  remedy:
    'Compare `resource` and `issuer` with the identifiers that you started from, stop where they differ, and show both.',
  weakness: true,
  aggregates: true,

  on: ['resource-metadata', 'server-metadata'],

  *check(step, flow) {
    if (!step.ok) return 'silent'
    const own = step.kind === 'server-metadata' ? 'issuer' : 'resource'
    const rule =
      own === 'issuer' ? 'discovery/asm-issuer-mismatch' : 'discovery/prm-resource-mismatch'
    const rejected = flow.found(rule, step).find(({ severity }) => severity !== 'info')
    if (rejected === undefined) return
    const used = step.kind === 'server-metadata' ? byEndpoint(step, flow) : byIssuer(step, flow)
    if (used === undefined) return
    const named = step.kind === 'server-metadata' ? step.issuer : step.resource
    const strict = atLeast(flow.revision.client, '2026-07-28')
    yield {
      variant: own,
      severity: strict && rejected.variant !== 'trailing-slash' ? 'error' : 'warning',
      message: `${step.url} names ${own} ${quoted(named)}, which is not what the client started from, and the client goes on to ${used.url}`,
      evidence: [
        { step, at: `response.json/${own}`, note: 'has to make the client stop' },
        { step: used, at: 'request.url', note: 'learned from this document' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the client stops',
        http: `
          \${opening until server-metadata unanswered}

          < HTTP/1.1 200 OK

          {"issuer":"https://evil.example","authorization_endpoint":"https://evil.example/authorize","token_endpoint":"https://evil.example/token","response_types_supported":["code"],"code_challenge_methods_supported":["S256"]}`,
      },
    ],
    bad: [
      {
        name: 'the endpoints of another issuer are used',
        http: `
          \${opening until server-metadata unanswered}

          < HTTP/1.1 200 OK

          {"issuer":"https://evil.example","authorization_endpoint":"https://evil.example/authorize","token_endpoint":"https://evil.example/token","response_types_supported":["code"],"code_challenge_methods_supported":["S256"],"registration_endpoint":"https://evil.example/register"}

          # handed-over
          > GET https://evil.example/authorize?response_type=code&client_id=app&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp`,
        revision: '2026-07-28',
        expect: { variant: 'issuer', severity: 'error' },
      },
      {
        name: 'the server of another resource is used',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://other.example/mcp","authorization_servers":["https://as.example"]}

          \${opening only server-metadata registration}`,
        expect: { variant: 'resource', severity: 'warning' },
      },
    ],
  },
})

function requests(step: Step, flow: Flow): Step[] {
  return flow.after(step, 'registration', 'pushed-request', 'authorize', 'token')
}

/** A request to an endpoint that this document names and no other does. */
function byEndpoint(step: ServerMetadata, flow: Flow): Step | undefined {
  const others = flow.of('server-metadata').filter((one) => one !== step && one.ok)
  return requests(step, flow).find(
    ({ url }) => namesEndpoint(step, url) && !others.some((one) => namesEndpoint(one, url)),
  )
}

/** A request to a server that this document lists and no other does. */
function byIssuer(step: ResourceMetadata, flow: Flow): Step | undefined {
  const others = flow.of('resource-metadata').filter((one) => one !== step && one.ok)
  const only = step.authorizationServers.filter(
    (issuer) => !others.some(({ authorizationServers }) => authorizationServers.includes(issuer)),
  )
  const servers = flow
    .after(step, 'server-metadata')
    .filter(({ ok, issuer }) => ok && issuer !== undefined && only.includes(issuer))
  return requests(step, flow).find(({ url }) =>
    servers.some((server) => namesEndpoint(server, url)),
  )
}
