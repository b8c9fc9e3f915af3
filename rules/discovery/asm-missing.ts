import {
  type Flow,
  type ServerMetadata,
  before,
  defineRule,
  origin,
  providerHint,
  resourceMetadataSearch,
  serverMetadataUrls,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/asm-missing',
  title: 'There is no metadata for the authorization server',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: [
    'RFC 8414 §3',
    'OIDC Discovery §4',
    'MCP 2025-11-25 Authorization Server Metadata Discovery',
  ],
  revisions:
    'all; only a warning under 2025-03-26, which has default endpoints, and for OpenID alone under 2025-06-18',
  seed: ['D-1'],
  threads: [
    'https://github.com/agentgateway/agentgateway/issues/1831',
    'https://github.com/modelcontextprotocol/python-sdk/issues/1944',
  ],
  why: 'The client learns the endpoints for login, tokens and registration from this document alone, and stops or guesses without it.',
  remedy:
    'Publish RFC 8414 or OpenID discovery metadata at a well-known URL that derives from the issuer, its path inserted.',
  explains: ['flow/auth-not-started', 'flow/stalled', 'registration/no-usable-mechanism'],

  on: 'server-metadata',

  *check(step, flow) {
    const issuers = issuersOf(flow)
    const issuer = issuers.find((one) => placesOf(one, flow).includes(step.url))
    const steps = flow.of('server-metadata')
    const derived = (one: string) => serverMetadataUrls(one).map(({ url }) => url)
    const found = steps.find(
      (other) => other.ok && issuers.some((one) => derived(one).includes(other.url)),
    )
    if (issuer === undefined) return step.ok ? undefined : 'silent'
    if (step.ok || step.status === undefined || step.status === 200)
      return step.ok ? undefined : 'silent'

    const asked = steps.filter(({ url }) => derived(issuer).includes(url))
    const oauth = asked.find(({ form, status }) => form === 'oauth' && status !== undefined)
    const old = before(flow.revision.authorizationServer, '2025-11-25')
    if (found !== undefined) {
      const openidAlone = old && found.form === 'openid' && oauth?.ok === false
      if (!openidAlone || step !== oauth) return
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
    const untried = placesOf(issuer, flow).filter(
      (url) => !asked.some((other) => other.url === url && other.status !== undefined),
    )
    if (untried.length > 0 || asked.some(({ status }) => status === 200)) return 'silent'

    const stray = strayOf(issuer, flow)
    const onHost =
      stray !== undefined &&
      flow.target !== undefined &&
      origin(stray.url) === origin(flow.target) &&
      origin(issuer) !== origin(stray.url)
    const legacy =
      resourceMetadataSearch(flow) !== 'found' || before(flow.revision.client, '2025-06-18')
    yield {
      variant: onHost
        ? 'only-on-mcp-host'
        : stray !== undefined
          ? 'nonstandard-location'
          : asked.every(({ status }) => status === 404 || status === 410)
            ? 'all-404'
            : 'no-document',
      severity: legacy ? 'warning' : 'error',
      message:
        `authorization server ${issuer} has no metadata at any of the places that derive from its name` +
        (stray === undefined ? '' : `; there is a document at ${stray.url}`),
      remedy: `Serve the metadata of ${issuer} at ${placesOf(issuer, flow)[0] ?? 'its well-known URL'}, or list in authorization_servers the identifier that it really has.`,
      ...providerHint(issuer, 'discovery/asm-missing'),
      evidence: [
        { step, at: 'response.status', note: step.url },
        ...(stray === undefined
          ? []
          : [{ step: stray, at: 'response.json/issuer' as const, note: stray.url }]),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the last of the places has it',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t1"]}

          > GET https://as.example/.well-known/oauth-authorization-server/t1

          < HTTP/1.1 404 Not Found

          > GET https://as.example/.well-known/openid-configuration/t1

          < HTTP/1.1 404 Not Found

          > GET https://as.example/t1/.well-known/openid-configuration

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example/t1"}`,
      },
    ],
    bad: [
      {
        name: 'all three places of an issuer with a path are empty',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t1"]}

          > GET https://as.example/.well-known/oauth-authorization-server/t1
          > mcp-protocol-version: 2025-11-25

          < HTTP/1.1 404 Not Found

          > GET https://as.example/.well-known/openid-configuration/t1

          < HTTP/1.1 404 Not Found

          > GET https://as.example/t1/.well-known/openid-configuration

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'all-404', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})

/** The issuers a client may look for: those listed, or without resource metadata the MCP server's own origin. */
function issuersOf(flow: Flow): string[] {
  const listed = flow
    .of('resource-metadata')
    .filter(({ ok }) => ok)
    .flatMap(({ authorizationServers }) => authorizationServers)
  if (listed.length > 0) return [...new Set(listed)]
  const own = flow.target === undefined ? undefined : origin(flow.target)
  return own === undefined ? [] : [own]
}

/** Where this client has to look: RFC 8414 alone up to 2025-06-18, OpenID discovery as well from 2025-11-25. */
function placesOf(issuer: string, flow: Flow): string[] {
  const places = serverMetadataUrls(issuer)
  const oauthAlone = before(flow.revision.client, '2025-11-25')
  return places.filter(({ form }) => form === 'oauth' || !oauthAlone).map(({ url }) => url)
}

/** A document that was found after all, in a place that does not derive from the issuer. */
function strayOf(issuer: string, flow: Flow): ServerMetadata | undefined {
  const places = serverMetadataUrls(issuer).map(({ url }) => url)
  return flow.of('server-metadata').find((step) => step.ok && !places.includes(step.url))
}
