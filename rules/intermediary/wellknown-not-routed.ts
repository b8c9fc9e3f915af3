import {
  type Flow,
  type ResourceMetadata,
  type Step,
  before,
  defineRule,
  origin,
  otherServer,
  quoted,
  resourceMetadataSearch,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/wellknown-not-routed',
  title: 'Well-known paths do not reach the application',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9728 §3.1', 'MCP 2025-06-18 Authorization Server Location'],
  revisions: 'from 2025-06-18',
  reads: ['server'],
  seed: ['D-3'],
  threads: ['https://github.com/modelcontextprotocol/csharp-sdk/issues/643'],
  why: 'A proxy that routes only the path of the MCP endpoint answers for the metadata itself: the application may serve it, and no client ever sees it.',
  remedy:
    'Route /.well-known/oauth-protected-resource, with and without the path of the endpoint behind it, to the backend of the MCP endpoint, or name a URL in the challenge that is routed.',
  explains: [
    'discovery/asm-missing',
    'discovery/prm-missing',
    'discovery/wellknown-error-status',
    'challenge/resource-metadata-missing',
    'challenge/www-authenticate-missing',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'challenge/resource-metadata-unusable#not-found',
  ],

  on: 'resource-metadata',

  *check(step, flow) {
    if (!isRefused(step)) return step.ok ? undefined : 'silent'
    if (before(flow.revision.server, '2025-06-18')) return 'silent'
    if (resourceMetadataSearch(flow) === 'found') return
    const application = applicationAt(step, flow)
    if (application === undefined) return 'silent'
    const stranger = otherServer(step, application)
    // What holds for one place holds for the others: the first says it.
    const told = flow.before(step, 'resource-metadata').some((one) => isNotRouted(one, application))
    if (stranger === undefined || told) return
    const worked = flow.mcpCalls.some(({ ok, presented }) => ok && presented !== undefined)
    yield {
      variant: 'different-fingerprint',
      severity: worked ? 'warning' : 'error',
      confidence: 'likely',
      message: `${step.url} is answered ${step.status} by ${quoted(stranger.own)}, and the MCP endpoint at the same host by ${quoted(stranger.others)}`,
      evidence: [
        { step, at: 'response.header.server', note: 'who answers for the metadata' },
        { step, at: 'response.status' },
        { step: application, at: 'response.header.server', note: 'who answers for MCP' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the application itself says that there is nothing',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < server: uvicorn

          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 404 Not Found
          < server: uvicorn`,
      },
    ],
    bad: [
      {
        name: 'nginx answers for the metadata, the application for MCP',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < server: uvicorn

          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 404 Not Found
          < server: nginx/1.27.0
          < content-type: text/html

          <html><head><title>404 Not Found</title></head></html>`,
        expect: { variant: 'different-fingerprint', severity: 'error', fault: 'intermediary' },
      },
    ],
  },
})

function isRefused({ status }: ResourceMetadata): boolean {
  return status === 404 || status === 403
}

function isNotRouted(step: ResourceMetadata, application: Step): boolean {
  return isRefused(step) && otherServer(step, application) !== undefined
}

/** An answer of the MCP endpoint at the same host. */
function applicationAt(step: ResourceMetadata, flow: Flow): Step | undefined {
  return flow.mcpCalls.find(
    ({ url, status }) => status !== undefined && status < 500 && origin(url) === origin(step.url),
  )
}
