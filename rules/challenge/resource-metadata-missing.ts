import {
  type Flow,
  resourceMetadataSearch,
  before,
  defineRule,
  quoted,
  resourceMetadataUrls,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/resource-metadata-missing',
  title: 'The challenge lacks resource_metadata, the URL of the resource metadata',
  severity: ['error', 'warning', 'info'],
  fault: ['resource-server'],
  spec: [
    'RFC 9728 §5.1',
    'MCP 2025-06-18 Authorization Server Location',
    'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements',
  ],
  revisions:
    'from 2025-06-18; from 2025-11-25 only a warning where the metadata is at its well-known URL',
  reads: ['www-authenticate'],
  seed: ['U-3', { item: 'U-4', variants: ['misspelled'] }, { item: 'U-5', severity: 'error' }],
  threads: [
    'https://github.com/garrytan/gbrain/issues/1410',
    'https://github.com/ForestAdmin/agent-nodejs/issues/1558',
  ],
  why: 'Clients of 2025-06-18 find the authorization server by this parameter alone. Later clients try well-known URLs instead, which fails if the server does not route them.',
  remedy: 'Add `resource_metadata="<metadata URL>"` to the Bearer challenge.',
  explains: ['flow/auth-not-started', 'flow/stalled'],

  on: 'challenge',

  *check(step, flow) {
    if (step.status !== 401 || before(flow.revision.server, '2025-06-18')) return 'silent'
    const [first] = step.usable
    if (first === undefined) return 'silent'
    if (step.resourceMetadata !== undefined) return

    const params = step.usable.flatMap((challenge) => challenge.params)
    const alike = params.find(({ name }) =>
      lookAlikes.has(name.toLowerCase().replaceAll('-', '').replaceAll('_', '')),
    )
    const bare = params.length === 0 && step.usable.every(({ token68 }) => token68 === undefined)
    const found = flow.of('resource-metadata').find(({ ok }) => ok)
    const url = found?.url ?? resourceMetadataUrls(step.target)[0]?.url ?? '…'
    yield {
      variant: alike !== undefined ? 'misspelled' : bare ? 'bare-bearer' : 'absent',
      severity: step.authorization.length > 0 ? 'info' : severityIn(flow),
      message:
        (bare
          ? `the challenge of ${step.target} is a bare ${quoted(first.scheme)}`
          : `the ${first.scheme} challenge of ${step.target} has no resource_metadata`) +
        (alike === undefined ? '' : `; it has ${quoted(alike.name)}, which no client reads`),
      remedy: `Add resource_metadata="${url}" to the ${first.scheme} challenge.`,
      found: 'no resource_metadata in the challenge',
      evidence: [
        {
          step,
          at: `response.header.www-authenticate[${first.line}]`,
          note: `resource_metadata is absent; a client then looks at ${url}`,
        },
        found && { step: found, at: 'response.status', note: `the metadata is at ${url}` },
      ],
    }
  },

  examples: {
    good: [{ name: 'the challenge has it', http: '${opening only challenge}' }],
    bad: [
      {
        name: 'a challenge without it, under the revision that requires it',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token", error_description="Missing Authorization header"

          \${opening only resource-metadata}`,
        expect: { variant: 'absent', severity: 'error' },
      },
    ],
  },
})

/** Names seen in its place, in lower case without separators. */
const lookAlikes = new Set([
  'resourcemetadata',
  'resourcemetadatauri',
  'resourcemetadataurl',
  'resourceuri',
  'resourceurl',
  'protectedresourcemetadata',
  'authorizationuri',
  'authorizationserver',
  'asuri',
])

/** Without the parameter the flow depends on the well-known URLs, and on a client that tries them. */
function severityIn(flow: Flow): 'error' | 'warning' {
  const search = resourceMetadataSearch(flow)
  const worked = flow.mcpCalls.some((call) => call.ok && call.presented !== undefined)
  // A login without any resource metadata is that of 2025-03-26.
  if (worked && search !== 'found') return 'warning'
  if (before(flow.revision.server, '2025-11-25')) return 'error'
  return search === 'exhausted' || search === 'given-up' ? 'error' : 'warning'
}
