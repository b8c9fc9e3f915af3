import {
  type Flow,
  type ServerMetadata,
  before,
  defineRule,
  difference,
  leadsInside,
  leadsTo,
  listingsOf,
  objectOf,
  origin,
  providerHint,
  quoted,
  resourceMetadataSearch,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/asm-issuer-mismatch',
  title: 'The authorization server metadata names another issuer',
  severity: ['error', 'warning'],
  fault: ['authorization-server', 'resource-server'],
  spec: [
    'RFC 8414 §3.3',
    'OIDC Discovery §4.3',
    'MCP 2026-07-28 Authorization Server Metadata Discovery',
  ],
  revisions: 'all through RFC 8414; clients of 2026-07-28 must reject; a warning before 2025-06-18',
  seed: [{ item: 'D-2', faults: ['authorization-server'] }],
  threads: [
    'https://github.com/github/copilot-cli/issues/4606',
    'https://github.com/atlassian/atlassian-mcp-server/issues/205',
  ],
  why: 'A client must compare `issuer` byte for byte with the identifier it started from, and must not use the document if they differ: another server could pose as this one.',
  remedy:
    'Spell the issuer the same everywhere: in authorization_servers, in the metadata, and in iss of responses and tokens.',
  explains: [
    'authorization/iss-invalid',
    'discovery/client-used-rejected-metadata#issuer',
    'flow/auth-not-started',
    'flow/stalled',
  ],

  on: 'server-metadata',

  *check(step, flow) {
    if (!step.ok) return 'silent'
    const listed = listingsOf(step, flow)
    if (listed.some(({ issuer }) => issuer === step.issuer)) return
    const [entry] = listed
    if (entry === undefined && flow.resourceMetadata !== undefined) return 'silent'
    // Without resource metadata the URL alone tells what was asked for, all but a slash at the end.
    if (entry === undefined && step.issuer !== undefined && leadsTo(step.issuer, step.url)) return
    const expected = entry?.issuer ?? step.issuerFromUrl
    if (expected === undefined) return 'silent'

    const { issuer } = step
    const legacy =
      entry === undefined &&
      resourceMetadataSearch(flow) !== 'found' &&
      flow.target !== undefined &&
      origin(step.url) === origin(flow.target)
    const says =
      issuer === undefined ? 'has no issuer' : `says that its issuer is ${quoted(issuer)}`
    const misspelled = issuer !== undefined && leadsTo(issuer, step.url)
    const lent = entry !== undefined && isLent(step, flow)
    const old = before(flow.revision.authorizationServer, '2025-06-18')
    yield {
      variant: variantOf(expected, issuer),
      severity: legacy || old ? 'warning' : 'error',
      fault: misspelled || lent ? 'resource-server' : 'authorization-server',
      message: `the metadata of authorization server ${quoted(expected)} ${says}`,
      remedy:
        misspelled || lent
          ? `Write ${quoted(issuer)} in authorization_servers of the resource metadata, exactly as the authorization server spells its issuer.`
          : `Set issuer to ${quoted(expected)}, or list in authorization_servers the identifier that the authorization server really has.`,
      found: issuer,
      expected,
      ...providerHint(issuer ?? expected, 'discovery/asm-issuer-mismatch'),
      evidence: [
        { step, at: 'response.json/issuer', note: `must be exactly ${expected}` },
        entry === undefined
          ? { step, at: 'request.url', note: 'what the client asked' }
          : { ...entry.place, note: 'what the client started from' },
      ],
    }
  },

  examples: {
    good: [
      { name: 'the issuer is the one that is listed', http: '${opening until server-metadata}' },
    ],
    bad: [
      {
        name: 'the resource metadata adds a slash to the issuer of the authorization server',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/"]}

          \${opening only server-metadata}`,
        expect: { variant: 'trailing-slash', severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

/** The host of the MCP server gives out the metadata of an authorization server that is elsewhere, endpoints and all. */
function isLent({ document, issuer, url }: ServerMetadata, { target }: Flow): boolean {
  if (issuer === undefined || target === undefined || origin(url) !== origin(target)) return false
  // With a placeholder, or an address inside a network, it is a wrong issuer wherever it is.
  if (isTemplate(issuer) || leadsInside(url, issuer) || origin(issuer) === undefined) return false
  const own = ['authorization_endpoint', 'token_endpoint'].map((name) =>
    stringMember(objectOf(document), name),
  )
  return [issuer, ...own].every((one) => one === undefined || origin(one) !== origin(target))
}

function isTemplate(issuer: string): boolean {
  return issuer.includes('{') || issuer.toLowerCase().includes('%7b')
}

function variantOf(expected: string, found: string | undefined): string {
  if (found === undefined) return 'missing-issuer'
  if (isTemplate(found)) return 'tenant-template'
  const kind = difference(expected, found) ?? 'other'
  return kind === 'host' || kind === 'www' ? 'different-host' : kind
}
