import {
  asksFor,
  type Flow,
  type ServerMetadata,
  before,
  defineRule,
  foundMetadata,
  hasDefaultEndpoints,
  isNotFound,
  issuersOf,
  leadsTo,
  listingsOf,
  origin,
  providerHint,
  serverMetadataPlaces,
  strayMetadata,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/asm-missing',
  title: 'The authorization server has no metadata',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: [
    'RFC 8414 §3',
    'OIDC Discovery §4',
    'MCP 2025-11-25 Authorization Server Metadata Discovery',
  ],
  revisions:
    'all; only a warning under 2025-03-26, which has default endpoints, and for OpenID alone under 2025-06-18',
  seed: [
    {
      item: 'D-1',
      variants: ['all-404', 'no-document', 'only-on-mcp-host', 'nonstandard-location'],
    },
  ],
  threads: [
    'https://github.com/agentgateway/agentgateway/issues/1831',
    'https://github.com/modelcontextprotocol/python-sdk/issues/1944',
  ],
  why: 'The client learns the endpoints for login, tokens and registration from this document. Without it the client stops or guesses.',
  remedy:
    'Publish RFC 8414 or OpenID discovery metadata at the well-known URL of the issuer, with its path inserted.',
  explains: [
    'authorization/endpoint-error-page',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'registration/no-usable-mechanism',
    'registration/rejected',
  ],

  on: 'server-metadata',

  *check(step, flow) {
    const issuer = issuersOf(flow).find((one) =>
      serverMetadataPlaces(one, flow).some((place) => asksFor(place, step.url)),
    )
    if (step.ok) return
    if (issuer === undefined || step.status === undefined || step.status === 200) return 'silent'

    const asked = flow.of('server-metadata').filter(({ url }) => leadsTo(issuer, url))
    const found = foundMetadata(flow)
    if (found !== undefined) {
      const oauth = asked.find(({ form, status }) => form === 'oauth' && status !== undefined)
      const old = before(flow.revision.authorizationServer, '2025-11-25')
      if (!old || found.form !== 'openid' || oauth?.ok !== false || step !== oauth) return
      yield {
        variant: 'oidc-only-for-2025-06-18',
        severity: 'warning',
        message: `authorization server ${issuer} has OpenID discovery metadata alone; clients of 2025-06-18 and before ask for RFC 8414 metadata`,
        evidence: [
          { step: oauth, at: 'response.status', note: oauth.url },
          { step: found, at: 'response.json/issuer', note: found.url },
        ],
      }
      return
    }
    const places = serverMetadataPlaces(issuer, flow)
    const answered = asked.filter(({ status }) => status !== undefined).map(({ url }) => url)
    if (!places.every((place) => answered.some((url) => asksFor(place, url)))) return 'silent'
    if (asked.some(({ status }) => status === 200)) return 'silent'

    const stray = strayMetadata(issuer, flow)
    const listed = listingsOf(step, flow).find((one) => one.issuer === issuer)
    // In the spelling of whoever asked, which need not be that of the list.
    const [first = step.url] = places
    const place = asksFor(first, step.url) ? step.url : first
    yield {
      variant: variantOf(issuer, stray, asked, flow),
      severity: hasDefaultEndpoints(flow) ? 'warning' : 'error',
      message:
        `authorization server ${issuer} has no metadata at any of the places that derive from its name` +
        (stray === undefined ? '' : `; there is a document at ${stray.url}`),
      remedy: `Serve the metadata of ${issuer} at ${place}, or list in authorization_servers the identifier that it really has.`,
      found: `no metadata of ${issuer}`,
      ...providerHint(issuer, 'discovery/asm-missing'),
      evidence: [
        { step, at: 'response.status', note: step.url },
        listed && listed.place,
        stray && { step: stray, at: 'response.json/issuer', note: stray.url },
      ],
    }
  },

  examples: {
    good: [{ name: 'it is there', http: '${opening only resource-metadata server-metadata}' }],
    bad: [
      {
        name: 'both places are empty',
        http: `
          \${opening until server-metadata unanswered}

          < HTTP/1.1 404 Not Found

          > GET https://as.example/.well-known/openid-configuration

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'all-404', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

function variantOf(
  issuer: string,
  stray: ServerMetadata | undefined,
  asked: readonly ServerMetadata[],
  flow: Flow,
): string {
  if (stray === undefined) return asked.every(isNotFound) ? 'all-404' : 'no-document'
  const host = flow.target === undefined ? undefined : origin(flow.target)
  return origin(stray.url) === host && origin(issuer) !== host
    ? 'only-on-mcp-host'
    : 'nonstandard-location'
}
