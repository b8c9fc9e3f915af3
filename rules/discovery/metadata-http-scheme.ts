import {
  type Flow,
  type NamedUrl,
  type Step,
  defineRule,
  hostAndPort,
  isLoopback,
  namedUrls,
  origin,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/metadata-http-scheme',
  title: 'The metadata or challenge of an https service names http:// URLs',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['RFC 9728 §2', 'RFC 8414 §2', 'OAuth 2.1 §1.5'],
  revisions: 'all',
  seed: [
    { item: 'D-2', when: ({ kind }) => kind === 'server-metadata' },
    { item: 'D-4', variants: ['issuer'], when: ({ kind }) => kind === 'resource-metadata' },
    { item: 'U-3', variants: ['resource_metadata', 'resource'] },
  ],
  threads: [
    'https://github.com/tuist/tuist/issues/9663',
    'https://github.com/agentgateway/agentgateway/issues/1639',
  ],
  why: 'A client compares these URLs with the https ones it uses and rejects the document, or sends codes and tokens without TLS.',
  remedy:
    'Build public URLs from configuration or from X-Forwarded-Proto of a trusted proxy, and make the proxy that ends TLS send it.',
  explains: [
    'discovery/asm-issuer-mismatch#scheme',
    'discovery/endpoint-unreachable',
    'discovery/prm-missing',
    'discovery/prm-resource-mismatch#different-scheme',
    'flow/auth-not-started',
    'flow/stalled',
  ],

  on: ['challenge', 'resource-metadata', 'server-metadata'],

  *check(step, flow) {
    const all = namedUrls(step)
    if (all.length === 0) return 'silent'
    const plain = all.filter(
      (named) => isDowngrade(named.url, step, flow) && !isElsewhere(named, step),
    )
    const [first] = plain
    if (first === undefined) return
    const serious = plain.some(({ variant, name }) => variant !== 'endpoint' || used.has(name))
    yield {
      variant: first.variant,
      severity: serious ? 'error' : 'warning',
      fault: step.kind === 'server-metadata' ? 'authorization-server' : 'resource-server',
      message:
        `${step.url} ${step.kind === 'challenge' ? 'sends a challenge that names' : 'names'} ${first.url} as ${first.name}` +
        (plain.length > 1 ? ` (and ${plain.length - 1} more with http)` : '') +
        ', expected https',
      found: `http in ${first.name} (${first.url})`,
      evidence: plain.map(({ at }) => ({ step, at, note: 'must begin with https' })),
    }
  },

  examples: {
    good: [{ name: 'https throughout', http: '${opening only server-metadata}' }],
    bad: [
      {
        name: 'the challenge points to http on the same host',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="http://mcp.example/.well-known/oauth-protected-resource/mcp"`,
        expect: { variant: 'resource_metadata', fault: 'resource-server' },
      },
      {
        name: 'the resource does not know that TLS ends before it',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"http://mcp.example/mcp","authorization_servers":["http://mcp.example"]}`,
        expect: { variant: 'resource', fault: 'resource-server' },
      },
    ],
  },
})

/** Endpoints that a login with MCP goes through; the others matter less. */
const used = new Set([
  'authorization_endpoint',
  'device_authorization_endpoint',
  'jwks_uri',
  'pushed_authorization_request_endpoint',
  'registration_endpoint',
  'token_endpoint',
])

/** The resource on another host than its metadata is another mistake, whatever its scheme. */
function isElsewhere({ variant, url }: NamedUrl, step: Step): boolean {
  return variant === 'resource' && hostAndPort(url) !== hostAndPort(step.url)
}

/** Plain http to another machine, though this answer or that host came over https. */
function isDowngrade(url: string, step: Step, flow: Flow): boolean {
  const own = origin(url)
  if (own?.startsWith('http://') !== true || isLoopback(url)) return false
  const secure = `https://${own.slice('http://'.length)}`
  return (
    origin(step.url)?.startsWith('https://') === true ||
    flow.steps.some((other) => origin(other.url) === secure)
  )
}
