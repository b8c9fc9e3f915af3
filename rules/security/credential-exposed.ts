import {
  type Draft,
  type Flow,
  type Step,
  bearerOf,
  blind,
  bodyText,
  defineRule,
  header,
  headerValues,
  isLabel,
  isLoopback,
  isPrivate,
  origin,
  param,
  queryParams,
  quoted,
  redirectOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'security/credential-exposed',
  title: 'A credential travels, or appears, where it must not',
  severity: ['error', 'warning'],
  fault: ['client', 'authorization-server', 'resource-server'],
  spec: [
    'OAuth 2.1 §1.5',
    'RFC 6749 §2.3.1',
    'RFC 9700 §4.2',
    'MCP 2025-11-25 Communication Security',
  ],
  revisions: 'all',
  reads: ['authorization'],
  weakness: true,
  why: 'Whoever reads the network, a log or an answer can use it in the place of its owner.',
  remedy:
    'Use https from end to end, keep credentials out of URLs and answers, and replace what was exposed.',

  on: [
    'mcp',
    'challenge',
    'registration',
    'pushed-request',
    'device-authorization',
    'authorize',
    'token',
    'revocation',
    'introspection',
  ],

  *check(step, flow) {
    const found = [
      plain(step),
      inQuery(step),
      crossOrigin(step),
      referred(step),
      echoed(step, flow),
    ]
    for (const fault of found) if (fault !== undefined) yield fault
    // What a redacted capture keeps of an MCP answer holds no credential any more.
    if (step.kind === 'mcp' && isLabel(bearerOf(step) ?? ''))
      return blind('what was removed from this capture')
  },

  examples: {
    good: [{ name: 'https, and credentials in their places', http: '${opening until mcp}' }],
    bad: [
      {
        name: 'the code is redeemed over http',
        http: `
          > POST http://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&code_verifier=v1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'plaintext', severity: 'error', fault: 'client' },
      },
      {
        name: 'the server repeats the token that it refuses',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          {"error":"no such token: \${secret at_}"}`,
        expect: { variant: 'echoed', severity: 'error', fault: 'resource-server' },
      },
    ],
  },
})

/** Requests that hold a credential by what they are for. */
const secretKinds = new Set<Step['kind']>([
  'token',
  'revocation',
  'introspection',
  'pushed-request',
])

/** A credential over http to another machine (OAuth 2.1 §1.5). */
function plain(step: Step): Draft | undefined {
  const place = origin(step.url)
  if (place?.startsWith('http://') !== true || isLoopback(step.url)) return undefined
  const bearer = bearerOf(step)
  if (bearer === undefined && !secretKinds.has(step.kind)) return undefined
  return {
    variant: 'plaintext',
    severity: isPrivate(step.url) ? 'warning' : 'error',
    fault: 'client',
    message: `the client sends ${bearer === undefined ? 'credentials' : 'a token'} to ${place} without TLS`,
    remedy: 'Send credentials over https alone, and refuse endpoints that are no https URLs.',
    evidence: [
      { step, at: 'request.url', note: 'must begin with https' },
      bearer !== undefined && { step, at: 'request.header.authorization' },
    ],
  }
}

/** Parameters that no URL may hold, at any endpoint (RFC 6749 §2.3.1). */
const secretParams = [
  'client_secret',
  'client_assertion',
  'assertion',
  'code_verifier',
  'refresh_token',
  'password',
  'subject_token',
]

function inQuery(step: Step): Draft | undefined {
  if (step.kind === 'mcp' || step.kind === 'challenge') return undefined
  const query = queryParams(step.url)
  const names = step.kind === 'token' ? [...secretParams, 'code'] : secretParams
  const name = names.find((one) => (param(query, one) ?? '') !== '')
  if (name === undefined) return undefined
  return {
    variant: 'query',
    severity: 'error',
    fault: 'client',
    message: `the client sends ${name} in the URL of ${quoted(origin(step.url))}`,
    remedy: 'Send it in the body of the request, as application/x-www-form-urlencoded.',
    evidence: [{ step, at: `request.query.${name}`, note: 'belongs into the body' }],
  }
}

/** A request with credentials is sent on to another host with what it holds (RFC 9700 §4.12). */
function crossOrigin(step: Step): Draft | undefined {
  const to = secretKinds.has(step.kind) ? redirectOf(step) : undefined
  if (to === undefined || origin(to) === origin(step.url)) return undefined
  if (step.status !== 307 && step.status !== 308) return undefined
  return {
    variant: 'cross-origin-redirect',
    severity: 'error',
    fault: 'authorization-server',
    message: `${step.url} sends a request with credentials on to ${quoted(to)}`,
    remedy: 'Answer at the endpoint that the metadata names, or name the other one there.',
    evidence: [
      { step, at: 'response.status', note: 'method and body go along' },
      { step, at: 'response.header.location', note: 'another host' },
    ],
  }
}

/** What a page got in its address travels on to another host. */
function referred(step: Step): Draft | undefined {
  const from = header(step.exchange.request.headers, 'referer')
  if (from === undefined || origin(from) === origin(step.url)) return undefined
  const query = queryParams(from)
  const isResponse = param(query, 'code') !== undefined && param(query, 'state') !== undefined
  if (!isResponse && param(query, 'access_token') === undefined) return undefined
  return {
    variant: 'referer',
    severity: 'error',
    fault: 'client',
    message: `Referer tells ${quoted(origin(step.url))} the ${isResponse ? 'code' : 'token'} that ${quoted(origin(from))} was called with`,
    remedy:
      'Send Referrer-Policy: no-referrer with the page of the callback, and load nothing there from elsewhere.',
    evidence: [{ step, at: 'request.header.referer' }],
  }
}

/** Shorter values stand in answers by chance. */
const shortest = 12

/** What was sent as a credential stands in the answer again. */
function echoed(step: Step, flow: Flow): Draft | undefined {
  const { response } = step.exchange
  if (response === undefined || response.body.bytes.length > bodyLimit) return undefined
  const sent = sentBy(step).filter((value) => value.length >= shortest)
  if (sent.length === 0) return undefined
  const isCall = step.kind === 'mcp' || step.kind === 'challenge'
  const text = bodyText(response)
  const fields = headerValues(response.headers, 'www-authenticate').join(' ')
  const inBody = sent.some((value) => text.includes(value))
  if (!inBody && !sent.some((value) => fields.includes(value))) return undefined
  const isRefusal = !step.ok || step.kind === 'challenge'
  return {
    variant: 'echoed',
    severity: isRefusal ? 'error' : 'warning',
    fault: isCall ? 'resource-server' : 'authorization-server',
    message: `${flow.target !== undefined && isCall ? flow.target : step.url} repeats in its answer the credential that it was sent`,
    remedy: 'Name what is wrong with a credential, and never repeat it in an answer or a log.',
    evidence: [
      {
        step,
        at: inBody ? 'response.body' : 'response.header.www-authenticate',
        note: 'the same value',
      },
      isCall && { step, at: 'request.header.authorization', note: 'as it was sent' },
    ],
  }
}

const bodyLimit = 64 * 1024

/** The credentials of a request that its answer has no reason to repeat. */
function sentBy(step: Step): string[] {
  if (step.kind === 'mcp' || step.kind === 'challenge') {
    const token = bearerOf(step)
    return token === undefined ? [] : [token]
  }
  if (step.kind !== 'token' || step.ok) return []
  return [
    param(step.params, 'client_secret'),
    step.refreshToken,
    step.clientAssertion?.value,
    step.grantAssertion?.value,
  ].filter((value) => value !== undefined)
}
