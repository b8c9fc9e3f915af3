import {
  type Flow,
  before,
  blind,
  defineRule,
  isNotFound,
  isRenamed,
  legacyMetadata,
  resourceMetadataSearch,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/prm-missing',
  title: 'The MCP server has no protected resource metadata',
  severity: ['error', 'warning', 'info'],
  fault: ['resource-server'],
  spec: [
    'RFC 9728 §3',
    'MCP 2025-06-18 Authorization Server Location',
    'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements',
  ],
  revisions: 'from 2025-06-18; a note under 2025-03-26, which knows no such document',
  seed: ['U-3'],
  threads: [
    'https://github.com/cloudflare/workers-oauth-provider/issues/137',
    'https://github.com/Serviceware/Dibix/issues/128',
  ],
  why: 'The document names the authorization server. Without it a client does not know where to log in, or takes the MCP server for the authorization server.',
  remedy:
    'Serve the metadata at the well-known URL of the endpoint, with its path inserted, and name that URL in the challenge.',
  explains: [
    'audience/resource-param-missing',
    'challenge/resource-metadata-missing',
    'discovery/asm-missing',
    'flow/auth-not-started',
    'flow/stalled',
    'registration/no-usable-mechanism',
  ],

  on: 'resource-metadata',

  *check(step, flow) {
    if (step.ok || resourceMetadataSearch(flow) === 'found') return
    const endpoint = flow.target ?? step.target
    if (endpoint === undefined || step.status === undefined || step.status === 200) return 'silent'
    if (resourceMetadataSearch(flow) !== 'exhausted') return 'silent'
    // A page at the URL, or a challenge that a gateway renamed, leaves it open whether there is a document.
    const probes = flow.of('resource-metadata')
    if (flow.of('challenge').some(isRenamed) || probes.some(({ status }) => status === 200))
      return 'silent'
    if (!wantsAuthorization(flow))
      return flow.mcpCalls.length === 0 ? blind('the MCP call') : 'silent'

    const legacy = legacyMetadata(endpoint, flow)
    const [call] = flow.mcpCalls
    const worked = flow.mcpCalls.some((call) => call.ok && call.presented !== undefined)
    const [path = step.url] = probes.filter(({ probe }) => probe !== 'root').map(({ url }) => url)
    yield {
      variant:
        legacy !== undefined
          ? 'legacy-metadata-only'
          : probes.every(isNotFound)
            ? 'all-404'
            : 'no-document',
      severity: before(flow.revision.server, '2025-06-18') ? 'info' : worked ? 'warning' : 'error',
      message:
        `the MCP server ${endpoint} asks for authorization, and none of the URLs where its metadata may be has it` +
        (legacy === undefined
          ? ''
          : `; only authorization server metadata as of 2025-03-26 is at ${legacy.url}`),
      remedy: `Serve a JSON document with resource and authorization_servers at ${path}, and name that URL in the challenge.`,
      found: 'no resource metadata anywhere',
      evidence: [
        { step, at: 'response.status', note: step.url },
        step === probes.at(-1) && call && { step: call, at: 'request.url', note: 'the endpoint' },
        legacy && { step: legacy, at: 'response.json/issuer', note: legacy.url },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a 404 at the path and a document at the root is normal probing',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 404 Not Found

          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example","authorization_servers":["https://as.example"]}`,
      },
    ],
    bad: [
      {
        name: 'neither the URL in the challenge nor the root has a document',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 404 Not Found

          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'all-404', severity: 'error' },
      },
    ],
  },
})

/** Whether the server demands authorization at all; many have no metadata because they need none. */
function wantsAuthorization(flow: Flow): boolean {
  if (flow.of('challenge').some(({ status }) => status === 401)) return true
  return flow.of('registration', 'authorize', 'token').length > 0
}
