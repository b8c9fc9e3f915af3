import {
  type Challenge,
  type Flow,
  type ResourceMetadata,
  defineRule,
  isNotFound,
  isThrough,
  member,
  objectOf,
  origin,
  quoted,
  resourceMetadataSearch,
  sameUrl,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/resource-metadata-unusable',
  title: 'resource_metadata in the challenge leads to no resource metadata',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: [
    'RFC 9728 §5.1',
    'RFC 9728 §3.2',
    'MCP 2025-11-25 Protected Resource Metadata Discovery Requirements',
  ],
  revisions: 'from 2025-06-18',
  reads: ['www-authenticate'],
  seed: ['U-3', { item: 'U-4', variants: ['relative', 'remnant', 'template'] }],
  why: 'Clients ask at this URL first; what they find there, or cannot find, ends the search of those that look nowhere else.',
  remedy:
    'Name the absolute URL at which the resource metadata really is, and try it with curl and without credentials.',
  explains: [
    'discovery/client-wrong-wellknown-url#ignored-header-url',
    'discovery/prm-missing',
    'discovery/prm-resource-mismatch#missing-resource',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'discovery/internal-host-in-metadata',
  ],

  on: 'challenge',

  *check(step, flow) {
    const url = step.resourceMetadata
    if (url === undefined) return 'silent'
    const earlier = flow.before(step, 'challenge')
    if (earlier.some(({ resourceMetadata }) => resourceMetadata === url)) return 'silent'
    const asked = flow.of('resource-metadata').findLast((one) => sameUrl(one.url, url))
    const variant = flawOf(step, url) ?? (asked === undefined ? undefined : foundAt(asked, flow))
    if (variant === undefined) return
    yield {
      variant,
      severity:
        resourceMetadataSearch(flow) === 'found' || isThrough(flow) || misleads(variant)
          ? 'warning'
          : 'error',
      message: `the challenge of ${step.target} names ${quoted(url)} as resource_metadata, ${explanations[variant]}`,
      found: `resource_metadata ${url}`,
      evidence: [
        { step, at: 'response.header.www-authenticate', note: 'what clients ask for first' },
        asked !== undefined && { step: asked, at: 'response.status', note: asked.url },
        asked !== undefined &&
          variant === 'points-to-as-metadata' && {
            step: asked,
            at: 'response.json/token_endpoint',
            note: 'a member of server metadata',
          },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'any path will do, if the document is there',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://docs.example/prm.json"

          > GET https://docs.example/prm.json

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      },
    ],
    bad: [
      {
        name: 'a path in place of a URL',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="/.well-known/oauth-protected-resource"`,
        expect: { variant: 'relative', severity: 'error' },
      },
      {
        name: 'the metadata of the authorization server',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-authorization-server"

          > GET https://mcp.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://mcp.example","token_endpoint":"https://mcp.example/token"}`,
        expect: { variant: 'points-to-as-metadata' },
      },
    ],
  },
})

const explanations = {
  relative: 'which is no absolute URL',
  template: 'in which a placeholder was never filled in',
  remnant: 'which ends in a character that does not belong to it',
  'points-to-mcp': 'which is the MCP endpoint itself',
  'points-to-as-metadata': 'where authorization server metadata is',
  'not-found': 'where nothing is',
}

type Variant = keyof typeof explanations

/** A client that does not mind what it gets there goes on with it. */
function misleads(variant: Variant): boolean {
  return variant === 'remnant'
}

/** What is wrong with the URL as it stands; http and internal hosts have rules of their own. */
function flawOf({ target, challenges }: Challenge, url: string): Variant | undefined {
  if (/[{}<>]|%7b|\$\(/i.test(url)) return 'template'
  // A URL that is badly quoted is challenge/unparseable.
  if (challenges.problems.length > 0) return undefined
  if (origin(url) === undefined || !/^https?:/i.test(url)) return 'relative'
  if (/[,;"'\\\s]$/.test(url)) return 'remnant'
  return sameUrl(url, target) ? 'points-to-mcp' : undefined
}

function foundAt(step: ResourceMetadata, flow: Flow): Variant | undefined {
  const document = objectOf(step.document)
  if (step.ok)
    return member(document, 'token_endpoint') !== undefined &&
      member(document, 'resource') === undefined
      ? 'points-to-as-metadata'
      : undefined
  // That nothing is anywhere is discovery/prm-missing.
  const search = resourceMetadataSearch(flow)
  return isNotFound(step) && (search === 'found' || search === 'given-up') ? 'not-found' : undefined
}
