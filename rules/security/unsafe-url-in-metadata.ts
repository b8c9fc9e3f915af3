import {
  type Challenge,
  type Place,
  type ResourceMetadata,
  type ServerMetadata,
  dangerOf,
  defineRule,
  leadsInside,
  objectOf,
  pointerPart,
  quoted,
  redirectOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'security/unsafe-url-in-metadata',
  title: 'Metadata or a challenge names a URL that is dangerous to open or fetch',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: [
    'MCP 2025-11-25 security Server-Side Request Forgery (SSRF)',
    'RFC 9728 §7.7',
    'RFC 8414 §6.2',
  ],
  revisions: 'all',
  why: 'Clients open these URLs in a browser or fetch them from their own network: what stands there then runs, or is read, in the name of the user.',
  remedy:
    'Publish plain https URLs of public hosts, without user name and unusual characters; clients refuse every other and pass none to a shell.',
  explains: [
    'discovery/endpoint-unreachable',
    'discovery/internal-host-in-metadata',
    'discovery/metadata-invalid-values',
    'flow/auth-not-started',
    'flow/stalled',
  ],

  on: ['challenge', 'resource-metadata', 'server-metadata'],

  *check(step) {
    const fault = step.kind === 'server-metadata' ? 'authorization-server' : 'resource-server'
    const to = redirectOf(step)
    if (to !== undefined && step.kind !== 'challenge' && leadsInside(step.url, to)) {
      yield {
        variant: 'redirect-to-private',
        fault,
        message: `${step.url} sends whoever asks for metadata on to ${quoted(to)}, inside a network`,
        evidence: [{ step, at: 'response.header.location', note: 'must lead to a public host' }],
      }
      return
    }
    const all = urlsOf(step)
    if (all.length === 0) return 'silent'
    for (const { name, url, at } of all) {
      const danger = dangerOf(url)
      if (danger === undefined) continue
      yield {
        variant: danger.variant,
        severity: forPeople.has(name) ? 'warning' : 'error',
        fault,
        message: `${step.url} names ${quoted(url)} as ${name}: ${danger.why}`,
        evidence: [{ step, at, note: danger.why }],
      }
    }
  },

  examples: {
    good: [{ name: 'plain https URLs', http: '${opening only server-metadata}' }],
    bad: [
      {
        name: 'the browser is to be sent to a script',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"javascript:alert(1)","token_endpoint":"https://as.example/token","response_types_supported":["code"]}`,
        expect: { variant: 'script-scheme', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'the challenge leads to the secrets of a cloud',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="http://169.254.169.254/latest/meta-data"`,
        expect: { variant: 'ssrf-target', severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

/** Pages for people, which no step of a login opens. */
const forPeople = new Set([
  'op_policy_uri',
  'op_tos_uri',
  'resource_documentation',
  'resource_policy_uri',
  'resource_tos_uri',
  'service_documentation',
])

/** Every URL that the answer gives a client to use, by its name and where it stands. */
function urlsOf(step: Challenge | ResourceMetadata | ServerMetadata) {
  if (step.kind === 'challenge') {
    const url = step.resourceMetadata
    const at: Place = 'response.header.www-authenticate'
    return url === undefined ? [] : [{ name: 'resource_metadata', url, at }]
  }
  return Object.entries((step.ok && objectOf(step.document)) || {})
    .filter(([name]) => isUrlName(name))
    .flatMap(([name, value]) => urlsAt(name, value))
}

/** The URLs of one member, which may be a list. */
function urlsAt(name: string, value: unknown) {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.flatMap((url, index) => {
    const at: Place = `response.json/${pointerPart(name)}${Array.isArray(value) ? `/${index}` : ''}`
    return typeof url === 'string' ? [{ name, url, at }] : []
  })
}

/** Members whose values are URLs to be used (RFC 8414 §2, RFC 9728 §2). */
function isUrlName(name: string): boolean {
  return (
    ['authorization_servers', 'issuer', 'jwks_uri', 'check_session_iframe'].includes(name) ||
    name.endsWith('_endpoint') ||
    forPeople.has(name)
  )
}
