import {
  type Challenge,
  type Flow,
  answeringGateway,
  before,
  defineRule,
  gatewayOf,
  header,
  headerValues,
  htmlPage,
  isByHand,
  quoted,
  resourceMetadataSearch,
  resourceMetadataUrls,
  stoppedAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/www-authenticate-missing',
  title: 'A 401 carries no WWW-Authenticate field',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'intermediary'],
  spec: [
    'RFC 9110 §15.5.2',
    'RFC 9728 §5.1',
    'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements',
  ],
  revisions:
    '2025-06-18 requires it; from 2025-11-25 an error unless the metadata is at its well-known URL',
  reads: ['www-authenticate'],
  seed: [{ item: 'U-1', when: ({ authorization }) => authorization.length === 0 }, 'U-5'],
  threads: [
    'https://github.com/lightdash/lightdash/issues/26726',
    'https://github.com/open-orbis/open-orbis/issues/423',
  ],
  why: 'The field tells a client that OAuth is wanted and where the metadata is; without it most clients show an error in place of a login.',
  remedy: 'Add `WWW-Authenticate: Bearer resource_metadata="<metadata URL>"` to every 401.',
  explains: ['flow/auth-not-started', 'flow/stalled'],

  on: 'challenge',

  *check(step, flow) {
    const fields = step.exchange.response?.headers ?? []
    if (step.status !== 401) return 'silent'
    if (step.challenges.lines.some((line) => line.trim() !== '')) return
    if (header(fields, 'x-amzn-remapped-www-authenticate') !== undefined) return 'silent'

    const probes = flow.of('resource-metadata')
    const severity = severityIn(step, flow)
    const alike = lookAlikes.find((name) => headerValues(fields, name).length > 0)
    const bare = sentBefore(step, flow)
    const isPage = htmlPage(fields, step.bodyText) !== undefined
    const page = isPage ? gatewayOf(fields) : answeringGateway(fields, step.bodyText)
    const metadata =
      probes.find(({ ok }) => ok)?.url ?? resourceMetadataUrls(step.target)[0]?.url ?? '…'
    yield {
      variant: alike === undefined ? 'absent' : 'look-alike',
      severity,
      fault: page === undefined ? 'resource-server' : 'intermediary',
      confidence:
        page === undefined && (severity !== 'error' || probes.length > 0) ? 'certain' : 'likely',
      message:
        `the 401 of ${step.target} has no WWW-Authenticate` +
        (alike === undefined ? '' : `; it sends ${quoted(alike)} instead`) +
        (bare === undefined ? '' : '; only a call without a token gets one') +
        (page === undefined
          ? ''
          : `; the answer is ${isPage ? 'a page' : 'one'} of ${page.name} (${page.trace})`),
      remedy:
        page === undefined
          ? `Add WWW-Authenticate: Bearer resource_metadata="${metadata}" to every 401.`
          : `Let the 401 of the MCP server pass ${page.name} as it is, or have ${page.name} itself send WWW-Authenticate: Bearer resource_metadata="${metadata}".`,
      hint:
        step.authorization.length > 0 && flow.of('token').length === 0
          ? 'The request carried credentials, and the server refused them. If they were configured by hand, such as an API key, check them first.'
          : undefined,
      found: alike === undefined ? undefined : `only ${alike}`,
      expected: alike === undefined ? `Bearer resource_metadata="${metadata}"` : undefined,
      evidence: [
        {
          step,
          at: `response.header.${alike ?? 'www-authenticate'}`,
          note:
            alike === undefined
              ? `there is no such field; the metadata belongs at ${metadata}`
              : `no client reads ${alike}; the metadata belongs at ${metadata}`,
        },
        { step, at: 'response.status' },
        bare && {
          step: bare,
          at: 'response.header.www-authenticate',
          note: 'sent where there is no token',
        },
        ...probes
          .slice(0, 3)
          .map((probe) => ({ step: probe, at: 'response.status' as const, note: probe.url })),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the 401 names the scheme and the metadata',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

          < HTTP/1.1 401 Unauthorized
          < WWW-Authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      },
    ],
    bad: [
      {
        name: 'a bare 401 under the revision that requires the field',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

          < HTTP/1.1 401 Unauthorized
          < content-type: text/plain

          Unauthorized

          \${opening only resource-metadata}`,
        expect: { variant: 'absent', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'the field is misspelled',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < WWW-Authentication: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
        expect: { variant: 'look-alike', severity: 'error' },
      },
    ],
  },
})

const lookAlikes = [
  'www-authentication',
  'x-www-authenticate',
  'www_authenticate',
  'wwwauthenticate',
  'authenticate',
  'proxy-authenticate',
]

/** A challenge of this server to a call without a token, where this one is to a call with one. */
function sentBefore(step: Challenge, flow: Flow): Challenge | undefined {
  if (step.authorization.length === 0) return undefined
  return flow
    .of('challenge')
    .find((one) => one.authorization.length === 0 && one.status === 401 && one.usable.length > 0)
}

/** A client that stopped here had nothing to go by. Discovery can do without the field from 2025-11-25 on, where the metadata is at its well-known URL. */
function severityIn(step: Challenge, flow: Flow): 'error' | 'warning' {
  const revision = flow.revision.server
  // Where a person looks for the metadata by hand, the client has not found it.
  const isOwn = flow.of('resource-metadata').some((one) => isByHand(one) === isByHand(step))
  const search = isOwn ? resourceMetadataSearch(flow) : 'unseen'
  const worked = flow.mcpCalls.some((call) => call.ok && call.presented !== undefined)
  const isEnd = search === 'unseen' && flow.after(step, 'server-metadata').length === 0
  if (isEnd && !worked && stoppedAt(step, flow)) return 'error'
  if (before(revision, '2025-06-18') || (worked && search !== 'found')) return 'warning'
  return before(revision, '2025-11-25') || search === 'exhausted' || search === 'given-up'
    ? 'error'
    : 'warning'
}
