import {
  type Flow,
  type Pointer,
  type Step,
  bodyText,
  defineRule,
  objectOf,
  origin,
  stringMember,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'discovery/endpoint-unreachable',
  title: 'A host that the login depends on cannot be reached',
  severity: ['error', 'warning'],
  fault: ['intermediary', 'resource-server', 'authorization-server', 'undetermined'],
  spec: ['RFC 9110 §3.3', 'OAuth 2.1 §1.5'],
  revisions: 'all',
  seed: [
    { item: 'D-3', severity: 'error' },
    { item: 'D-1', severity: 'error', when: ({ kind }) => kind === 'server-metadata' },
  ],
  threads: ['https://github.com/taylorwilsdon/google_workspace_mcp/issues/182'],
  why: 'No answer comes at all, which clients show as "could not connect" whatever the reason.',
  remedy:
    'Mend name, firewall, listener or certificate of the host; where the name itself is wrong, correct the document that gives it.',
  explains: [
    'challenge/wrong-status',
    'discovery/asm-missing',
    'discovery/prm-missing',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: [
    'mcp',
    'challenge',
    'resource-metadata',
    'server-metadata',
    'jwks',
    'registration',
    'pushed-request',
    'device-authorization',
    'authorize',
    'token',
    'revocation',
    'introspection',
    'userinfo',
    'preflight',
  ],

  *check(step, flow) {
    const { failure, response, startedAt } = step.exchange
    const misfit = misfitOf(step)
    if (response !== undefined && misfit === undefined) return
    if (misfit !== undefined) {
      const isTarget = flow.target !== undefined && origin(step.url) === origin(flow.target)
      const named = namedBy(step, origin(step.url) ?? '', flow)
      yield {
        variant: misfit,
        ...(named.length > 0
          ? { fault: isTarget ? 'resource-server' : 'authorization-server' }
          : undetermined({
              client: 'it may have been given an address with the wrong scheme',
              'resource-server': 'its port may be set up for TLS, or without it, by mistake',
            })),
        message:
          misfit === 'plain-to-tls-port'
            ? `the port of ${origin(step.url)} speaks TLS, and is asked with plain http`
            : `the port of ${origin(step.url)} speaks plain http, and is asked with TLS`,
        found:
          misfit === 'plain-to-tls-port' ? 'http:// to a TLS port' : 'https:// to a plain port',
        remedy:
          misfit === 'plain-to-tls-port'
            ? 'Write https:// in place of http:// in this address, or let the server listen without TLS.'
            : 'Write http:// in place of https:// in this address, or let the server listen with TLS.',
        evidence: [
          {
            step,
            at: 'request.url',
            ...(failure === undefined ? {} : { note: failure.message || failure.code }),
          },
          response !== undefined && { step, at: 'response.body' },
          ...named,
        ],
      }
      return
    }
    if (failure === undefined || failure.phase === 'client-gone') return 'silent'
    const host = origin(step.url)
    if (ownCodes.has(failure.code) || host === undefined) return 'silent'

    const answered = flow.steps.filter(({ status }) => status !== undefined)
    const here = answered.filter(({ url }) => origin(url) === host)
    const recent = here.some(
      ({ exchange }) =>
        exchange.startedAt < startedAt && startedAt - (exchange.endedAt ?? startedAt) < flap,
    )
    const back = here.some(({ exchange }) => exchange.startedAt > startedAt)
    // A host that does not come back has ended the login, however lately it answered.
    const flapping = recent && (back || !flow.waited('backChannel'))
    // The same request was served later: the login went on.
    const recovered = flow.after(step, step.kind).some(({ url, ok }) => ok && url === step.url)
    const alone =
      answered.length > here.length || failure.code === 'ECONNREFUSED' || failure.phase === 'tls'
    const own = flow.target !== undefined && host === origin(flow.target)
    const owner =
      own || step.kind === 'mcp' || step.kind === 'resource-metadata'
        ? 'resource-server'
        : 'authorization-server'
    const untrusted = trustCodes.has(failure.code)
    const variant = variantOf(failure.phase, failure.code)
    yield {
      variant,
      severity: flapping || recovered ? 'warning' : 'error',
      fault: alone ? owner : 'intermediary',
      confidence: alone && !untrusted ? 'certain' : 'likely',
      ...(untrusted
        ? {
            ...undetermined({
              [owner]: 'its certificate comes from an authority that nobody knows',
              intermediary: 'a proxy in the network signs in its place, which the client may trust',
            }),
            hint: 'If the client trusts this authority, give it to authtap with --ca FILE.',
          }
        : {}),
      ...(variant === 'reset' && !alone
        ? undetermined({
            [owner]:
              'it may end connections that it does not like, such as plain http to a port for TLS',
            intermediary: 'something in between may end them',
          })
        : {}),
      ...(failure.code === 'ECONNREFUSED'
        ? {
            remedy: `Start the server if it is not running: nothing listens at ${host}. Else correct the host and port of the address.`,
          }
        : {}),
      message:
        failure.code === 'ECONNREFUSED'
          ? `nothing listens at ${host} (ECONNREFUSED)${recent ? ', though it answered a moment before' : ''}: is the server running?`
          : `the host ${host} gives no answer: ${failure.phase} ${failure.code}${recent ? ', though it answered a moment before' : ''}`,
      found: `${host} ${failure.code === 'ECONNREFUSED' ? 'refuses connections' : `gives no answer (${failure.code})`}`,
      evidence: [
        { step, at: 'request.url', note: failure.message || failure.code },
        ...namedBy(step, host, flow),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'every host answers, with whatever status, and the client may hang up',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 500 Internal Server Error

          > GET https://mcp.example/mcp
          > accept: text/event-stream

          ! client-gone ECLIENTGONE`,
      },
    ],
    bad: [
      {
        name: 'the authorization server that the metadata names does not exist',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://keycloak:8443/realms/a"]}

          > GET https://keycloak:8443/.well-known/oauth-authorization-server/realms/a

          ! dns ENOTFOUND getaddrinfo ENOTFOUND keycloak`,
        expect: { variant: 'dns', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'nothing listens at the MCP server',
        http: `
          > POST http://127.0.0.1:3000/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          ! tcp ECONNREFUSED connect ECONNREFUSED 127.0.0.1:3000`,
        expect: { variant: 'tcp', fault: 'resource-server' },
      },
      {
        name: 'TLS to a port that speaks plain http',
        http: `
          > POST https://127.0.0.1:3000/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          ! tls EPROTO SSL routines:ssl3_get_record:wrong version number`,
        expect: { variant: 'tls-to-plain-port', fault: 'undetermined' },
      },
    ],
  },
})

/** What OpenSSL, and servers, say when one side speaks TLS and the other does not. */
function misfitOf({ exchange, url }: Step): 'tls-to-plain-port' | 'plain-to-tls-port' | undefined {
  const { failure, response } = exchange
  const words = `${failure?.code ?? ''} ${failure?.message ?? ''}`.slice(0, 500)
  if (failure?.phase === 'tls' && /wrong.version.number|packet length too long/i.test(words))
    return 'tls-to-plain-port'
  if (!/^http:/i.test(url)) return undefined
  if (failure?.code.startsWith('HPE_') === true) return 'plain-to-tls-port'
  const said = response?.status === 400 ? bodyText(response).slice(0, 2000) : ''
  return /http request (?:to an https server|was sent to https port)/i.test(said)
    ? 'plain-to-tls-port'
    : undefined
}

/** Codes by which authtap itself ended an exchange. */
const ownCodes = new Set(['EBUG', 'ECANNOTPASS', 'ECUT', 'EFILES', 'ESTOPPED'])
const timeouts = new Set([
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])
/** The certificate's authority is unknown here; the client may know it. */
const trustCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])
/** So long after an answer a failure is a flap rather than an absence, in milliseconds. */
const flap = 10_000

const endpoints: Readonly<Partial<Record<Step['kind'], string>>> = {
  authorize: 'authorization_endpoint',
  'pushed-request': 'pushed_authorization_request_endpoint',
  'device-authorization': 'device_authorization_endpoint',
  registration: 'registration_endpoint',
  token: 'token_endpoint',
  revocation: 'revocation_endpoint',
  introspection: 'introspection_endpoint',
  userinfo: 'userinfo_endpoint',
  jwks: 'jwks_uri',
}

function variantOf(phase: string, code: string): string {
  if (timeouts.has(code)) return 'timeout'
  if (phase === 'dns') return 'dns'
  if (phase === 'tls') return 'tls-certificate'
  return phase === 'tcp' && code !== 'ECONNRESET' ? 'tcp' : 'reset'
}

/** The document that sent the client to this host. */
function namedBy(step: Step, host: string, flow: Flow): Pointer[] {
  const note = 'named the host'
  const member = endpoints[step.kind]
  // A preflight may be for any of them.
  const members = step.kind === 'preflight' ? Object.values(endpoints) : [member ?? []].flat()
  for (const document of flow.before(step, 'server-metadata')) {
    const named = members.find((name) => {
      const url = stringMember(objectOf(document.document), name)
      return step.kind === 'preflight' ? url === step.url : origin(url ?? '') === host
    })
    if (named !== undefined) return [{ step: document, at: `response.json/${named}`, note }]
  }
  for (const document of flow.before(step, 'resource-metadata')) {
    const index = document.authorizationServers.findIndex((issuer) => origin(issuer) === host)
    if (index >= 0)
      return [{ step: document, at: `response.json/authorization_servers/${index}`, note }]
  }
  const challenge = flow
    .before(step, 'challenge')
    .find(
      ({ resourceMetadata }) => resourceMetadata !== undefined && origin(resourceMetadata) === host,
    )
  return challenge === undefined
    ? []
    : [{ step: challenge, at: 'response.header.www-authenticate', note }]
}
