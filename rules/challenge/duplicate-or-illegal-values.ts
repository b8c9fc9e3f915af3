import {
  type Challenge,
  type Flow,
  defineRule,
  isThrough,
  publishedScopes,
  quoted,
  resourceMetadataSearch,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'challenge/duplicate-or-illegal-values',
  title: 'The challenge repeats a parameter, or has an illegal value',
  severity: ['warning', 'error'],
  fault: ['resource-server'],
  spec: ['RFC 6750 §3', 'RFC 6749 §3.3', 'RFC 9110 §11.2'],
  revisions: 'all',
  reads: ['www-authenticate'],
  seed: ['U-4'],
  why: 'Where a parameter stands twice, some clients read the first and some the last; scopes with commas between them are taken for one scope that nobody knows.',
  remedy:
    'Send each parameter once, part scopes by single spaces, and keep descriptions to plain ASCII.',
  explains: [
    'discovery/prm-missing',
    'flow/auth-not-started',
    'flow/stalled',
    'scope/rejected-by-as',
    'challenge/resource-metadata-unusable',
  ],

  on: 'challenge',

  *check(step, flow) {
    if (step.usable.length === 0) return 'silent'
    const fault = faultOf(step, flow)
    if (fault === undefined) return
    const lines = step.challenges.lines.join('\n')
    if (flow.before(step, 'challenge').some((one) => one.challenges.lines.join('\n') === lines))
      return 'silent'
    yield {
      variant: fault.variant,
      severity: fault.harms ? 'error' : 'warning',
      message: `in the challenge of ${step.target}, ${fault.text}`,
      evidence: [{ step, at: 'response.header.www-authenticate', note: fault.note }],
    }
  },

  examples: {
    good: [
      {
        name: 'one parameter in two challenges',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer realm="mcp", scope="read write", DPoP realm="mcp", algs="ES256"`,
      },
    ],
    bad: [
      {
        name: 'the metadata is named twice',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/a", resource_metadata="https://mcp.example/b"`,
        expect: { variant: 'repeated-parameter', severity: 'warning' },
      },
      {
        name: 'commas between scopes',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="read,write", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"

          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["read","write"]}`,
        expect: { variant: 'comma-separated-scope', severity: 'warning' },
      },
    ],
  },
})

interface BadValue {
  readonly variant: string
  readonly text: string
  readonly note: string
  readonly harms: boolean
}

const once = ['realm', 'scope', 'error', 'error_description', 'error_uri', 'resource_metadata']
/** What servers and proxies take of one field at most, by default. */
const fieldLimit = 8192

function faultOf(step: Challenge, flow: Flow): BadValue | undefined {
  return repeated(step, flow) ?? commas(step, flow) ?? characters(step) ?? oversized(step)
}

function repeated({ usable }: Challenge, flow: Flow): BadValue | undefined {
  for (const { params } of usable)
    for (const name of once) {
      const values = params.filter((param) => param.name.toLowerCase() === name)
      if (values.length < 2) continue
      const [first, second] = values.map(({ value }) => value)
      const differ = values.some(({ value }) => value !== first)
      const lost = resourceMetadataSearch(flow)
      return {
        variant: 'repeated-parameter',
        text: `${name} stands ${values.length} times${differ ? `, as ${quoted(first)} and as ${quoted(second)}` : ''}`,
        note: `${name} must stand once`,
        harms:
          name === 'resource_metadata' &&
          differ &&
          !isThrough(flow) &&
          (lost === 'exhausted' || lost === 'given-up'),
      }
    }
  return undefined
}

/** A comma may be part of a scope; it parts them where what it parts is known. */
function commas({ scope }: Challenge, flow: Flow): BadValue | undefined {
  if (scope?.includes(',') !== true) return undefined
  const metadata = flow.resourceMetadata
  const known = new Set([
    ...(metadata?.scopesSupported ?? []),
    ...publishedScopes(flow).filter((one) => !one.includes(',')),
  ])
  const parts = scope.split(/[\s,]+/).filter((part) => part !== '')
  if (scopesOf(scope).some((one) => known.has(one) && one.includes(','))) return undefined
  if (!parts.some((part) => known.has(part))) return undefined
  const refused = flow
    .of('authorize', 'pushed-request', 'token')
    .some((one) => one.scope === scope && one.refusal?.code === 'invalid_scope')
  return {
    variant: 'comma-separated-scope',
    text: `scope is ${quoted(scope)}, with commas between scopes`,
    note: 'spaces must part scopes',
    harms: refused,
  }
}

function characters({ scope, errorDescription }: Challenge): BadValue | undefined {
  if (errorDescription !== undefined && /[^\x20-\x7e]/.test(errorDescription))
    return {
      variant: 'non-ascii',
      text: `error_description is ${quoted(errorDescription)}, which is not plain ASCII`,
      note: 'error_description may have ASCII alone',
      harms: false,
    }
  if (scope === undefined || !/ {2}|^ | $|["\\]|[^\x20-\x7e]/.test(scope)) return undefined
  return {
    variant: 'scope-characters',
    text: `scope is ${quoted(scope)}, which is no list of scopes`,
    note: 'single spaces part scopes; no quotes, no backslashes',
    harms: false,
  }
}

function oversized({ challenges }: Challenge): BadValue | undefined {
  const length = Math.max(...challenges.lines.map((line) => line.length))
  if (length <= fieldLimit) return undefined
  return {
    variant: 'oversized',
    text: `the field has ${length} characters`,
    note: `more than ${fieldLimit} characters, which many servers and clients refuse`,
    harms: false,
  }
}
