import {
  type CacheMark,
  type Challenge,
  type Draft,
  type Flow,
  type Registration,
  type ResourceMetadata,
  type ServerMetadata,
  type TokenCall,
  bodyText,
  cacheMark,
  defineRule,
  gatewayOf,
  header,
  throughGateway,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/cached-auth-response',
  title: 'A cache gives out answers of the login',
  severity: ['error', 'warning', 'info'],
  fault: ['intermediary'],
  spec: ['RFC 9111 §3.5', 'RFC 6749 §5.1', 'RFC 7591 §3.2.1'],
  revisions: 'all',
  seed: [{ item: 'U-5', variants: ['challenge'] }],
  why: 'An answer that was made for one request is given to another: a client gets a token, an id or a refusal of somebody else, or metadata that no longer holds.',
  remedy:
    'Bypass the cache for the MCP endpoint, the registration and the token endpoint, send `Cache-Control: no-store` there, and purge metadata when it changes.',
  explains: [
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'token/error-response',
  ],

  on: ['token', 'registration', 'challenge', 'resource-metadata', 'server-metadata'],

  *check(step, flow) {
    const { response } = step.exchange
    if (response === undefined) return 'silent'
    const mark = cacheMark(response.headers)
    if (mark === undefined) return
    const draft = harmOf(step, mark, flow)
    if (draft === undefined) return
    const gateway = gatewayOf(response.headers)
    yield {
      ...draft,
      evidence: [
        { step, at: `response.header.${mark.field}`, note: 'out of a cache' },
        header(response.headers, 'cache-control') !== undefined && {
          step,
          at: 'response.header.cache-control',
        },
        gateway && { step, at: 'response.status', note: throughGateway(gateway) },
        ...draft.evidence,
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'metadata that a cache has had for a minute',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK
          < age: 60
          < cache-control: max-age=300

          {"issuer":"https://as.example"}`,
      },
    ],
    bad: [
      {
        name: 'a token out of a cache',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK
          < x-cache: Hit from cloudfront

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'token-response', severity: 'error' },
      },
      {
        name: 'a refusal out of a cache, for a request with a token',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < age: 12`,
        expect: { variant: 'challenge', severity: 'error' },
      },
    ],
  },
})

type Answer = TokenCall | Registration | Challenge | ResourceMetadata | ServerMetadata

/** What it does to the login that this answer came out of a cache; undefined where it does nothing. */
function harmOf(step: Answer, mark: CacheMark, flow: Flow): Draft | undefined {
  switch (step.kind) {
    case 'token':
      return step.accessToken === undefined
        ? undefined
        : severe('token-response', `the token that ${step.url} gives out`, mark)
    case 'registration':
      return step.clientId === undefined
        ? undefined
        : severe('registration', `the client that ${step.url} registers`, mark)
    case 'challenge':
      return step.authorization.length === 0
        ? undefined
        : severe(
            'challenge',
            `the ${step.status} of ${step.target} to a request with a token`,
            mark,
          )
    default:
      return stale(step, mark, flow)
  }
}

function severe(variant: string, what: string, mark: CacheMark): Draft {
  return {
    variant,
    severity: 'error',
    message: `${what} comes out of a cache (${mark.trace})`,
    evidence: [],
  }
}

/** So old a document may hold what was changed since, in seconds. */
const old = 3600

/** Metadata of which the cache gives out one version and the server another, or that is old. */
function stale(
  step: ResourceMetadata | ServerMetadata,
  mark: CacheMark,
  flow: Flow,
): Draft | undefined {
  if (!step.ok) return undefined
  const text = bodyText(step.exchange.response!)
  const other = flow
    .of(step.kind)
    .find((one) => one.ok && one.url === step.url && bodyText(one.exchange.response!) !== text)
  if (other === undefined && (mark.age ?? 0) <= old) return undefined
  return {
    variant: 'stale-metadata',
    severity: other === undefined ? 'info' : 'warning',
    message:
      `the metadata at ${step.url} comes out of a cache (${mark.trace})` +
      (other === undefined ? '' : ', and was answered otherwise in the same login'),
    evidence:
      other === undefined ? [] : [{ step: other, at: 'response.body', note: 'another version' }],
  }
}
