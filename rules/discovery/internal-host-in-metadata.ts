import {
  type Flow,
  type NamedUrl,
  type Step,
  defineRule,
  hostAndPort,
  isLoopback,
  isPrivate,
  namedUrls,
  origin,
  stoppedAt,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/internal-host-in-metadata',
  title: 'Metadata sends clients to an address that they cannot reach',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['MCP 2025-11-25 security Server-Side Request Forgery (SSRF)', 'RFC 9728 §7.7'],
  revisions: 'all',
  seed: [
    { item: 'D-3', severity: 'error' },
    { item: 'D-4', severity: 'error', when: ({ kind }) => kind === 'resource-metadata' },
  ],
  why: 'The address is one of the machine, container or network behind the public name: clients elsewhere fail to connect, and careful ones refuse to try.',
  remedy:
    'Configure the public base URL for issuer, endpoints and resource; do not take it from the Host of an internal request.',
  explains: [
    'discovery/asm-issuer-mismatch',
    'discovery/asm-missing',
    'discovery/endpoint-unreachable',
    'discovery/metadata-http-scheme',
    'discovery/prm-missing',
    'discovery/prm-resource-mismatch',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['challenge', 'resource-metadata', 'server-metadata'],

  *check(step, flow) {
    const all = namedUrls(step)
    if (all.length === 0) return 'silent'
    if (!isPublic(flow.target ?? step.url) || !isPublic(step.url)) return
    const inner = all.flatMap((named) => {
      const variant = isIdentity(named) ? undefined : variantOf(named.url)
      return variant === undefined ? [] : [{ ...named, variant }]
    })
    const [first] = inner
    if (first === undefined) return
    const reached = inner.every(({ url }) => isAnswered(url, flow))
    const harmed = inner.some(({ url }) => isFailed(url, flow)) || stoppedAt(step, flow)
    yield {
      variant: first.variant,
      severity: harmed && !reached ? 'error' : 'warning',
      confidence: harmed && !reached ? 'certain' : 'likely',
      fault: step.kind === 'server-metadata' ? 'authorization-server' : 'resource-server',
      message:
        `${step.url} is public and names ${first.url} as ${first.name}, ${kinds[first.variant]}` +
        (inner.length > 1 ? `, and ${inner.length - 1} more of the sort` : ''),
      evidence: inner.map(({ at, variant }) => ({ step, at, note: kinds[variant] })),
    }
  },

  examples: {
    good: [
      {
        name: 'the whole deployment is local',
        http: `
          > GET http://localhost:3000/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"http://localhost:3000/mcp","authorization_servers":["http://localhost:3001"]}`,
      },
    ],
    bad: [
      {
        name: 'the authorization server is named by its address in the cluster, and the client stops',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["http://keycloak:8080/realms/mcp"]}`,
        expect: { variant: 'single-label', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'an endpoint is on loopback, and was answered where this was recorded',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","registration_endpoint":"http://localhost:8080/register"}

          > POST http://localhost:8080/register

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
        expect: { variant: 'loopback', severity: 'warning', fault: 'authorization-server' },
      },
    ],
  },
})

const kinds = {
  loopback: 'a loopback address',
  'link-local': 'a link-local address',
  'private-ip': 'an address of a private network',
  'single-label': 'a name of an internal network',
}

/** What a document says of itself is compared with its URL by rules of its own. */
function isIdentity({ variant }: NamedUrl): boolean {
  return variant === 'resource'
}

function isPublic(url: string): boolean {
  return origin(url) !== undefined && !isLoopback(url) && !isPrivate(url)
}

function variantOf(url: string): keyof typeof kinds | undefined {
  const host = hostName(url)
  if (host === undefined) return undefined
  if (isLoopback(url)) return 'loopback'
  if (!isPrivate(url)) return undefined
  if (host.startsWith('169.254.') || host.startsWith('[fe')) return 'link-local'
  return /^[\d.]+$|^\[/.test(host) ? 'private-ip' : 'single-label'
}

/** The host, without the port. */
function hostName(url: string): string | undefined {
  return hostAndPort(url)?.replace(/:\d+$/, '')
}

/** Somebody answers there, at least where this was recorded. */
function isAnswered(url: string, flow: Flow): boolean {
  return at(url, flow).some(({ status }) => status !== undefined)
}

function isFailed(url: string, flow: Flow): boolean {
  return at(url, flow).some(
    ({ exchange: { failure } }) => failure !== undefined && failure.phase !== 'client-gone',
  )
}

function at(url: string, flow: Flow): Step[] {
  return flow.steps.filter((step) => origin(step.url) === origin(url))
}
