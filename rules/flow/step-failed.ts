import {
  type Draft,
  type Flow,
  type Pointer,
  type Step,
  answering,
  bodyText,
  defineRule,
  endingOf,
  isExplained,
  quoted,
  shortened,
  stepKinds,
  textOfPage,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/step-failed',
  title: 'A step of the login fails, and no rule says why',
  severity: ['error', 'info'],
  fault: ['undetermined', 'client', 'resource-server', 'authorization-server', 'intermediary'],
  spec: ['MCP 2025-11-25 Authorization Flow Steps'],
  revisions: 'all',
  seed: [
    { item: 'U-2', variants: ['other-scheme'] },
    { item: 'U-5', variants: ['other-scheme'] },
  ],
  why: 'The login ends here, because the client cannot go on with this answer.',
  remedy: 'Look at this exchange, and at the log of the server that answered, at the same time.',
  aggregates: 'last',

  on: [
    'mcp',
    'challenge',
    'resource-metadata',
    'server-metadata',
    'registration',
    'pushed-request',
    'device-authorization',
    'authorize',
    'callback',
    'token',
    'preflight',
  ],

  *check(step, flow) {
    const { outcome, lost } = endingOf(flow)
    if (outcome !== 'failed' || lost !== step) return step.ok ? undefined : 'silent'
    if (isExplained(step, flow, flow.causesOf(this))) return
    const variant = variantOf(step, flow)
    yield {
      variant,
      confidence: 'likely',
      ...whose(step, flow, variant),
      message: `${sentenceOf(step, variant)}${saysOf(step)}`,
      remedy: remedyOf(step, variant),
      evidence: evidenceOf(step),
    }
  },

  examples: {
    good: [
      {
        name: 'a failure that was made good',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 503 Service Unavailable

          \${opening only token mcp}`,
      },
    ],
    bad: [
      {
        name: 'the endpoint for pushed requests answers with a page',
        http: `
          > POST https://as.example/par
          > content-type: application/x-www-form-urlencoded

          response_type=code&client_id=app&code_challenge=\${s256 v}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp

          < HTTP/1.1 500 Internal Server Error
          < content-type: text/html

          <html><head><title>Server Error (500)</title></head><body></body></html>`,
        expect: { variant: 'server-error', severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'a page in place of an MCP answer',
        http: `
          \${opening only mcp unanswered}

          < HTTP/1.1 200 OK
          < content-type: text/html

          <html><title>Welcome</title></html>`,
        expect: { variant: 'not-mcp', severity: 'error' },
      },
      {
        name: 'nothing is at the address that the client was given',
        http: `
          > POST https://mcp.example/mpc

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'wrong-address', severity: 'error', fault: 'undetermined' },
      },
    ],
  },
})

type Variant =
  | 'no-answer'
  | 'not-mcp'
  | 'mcp-error'
  | 'wrong-address'
  | 'other-scheme'
  | 'rate-limited'
  | 'server-error'
  | 'refused'
  | 'unusable'

function variantOf(step: Step, flow: Flow): Variant {
  const { status } = step
  if (status === undefined) return 'no-answer'
  if (status === 429) return 'rate-limited'
  const call = step.kind === 'mcp' || step.kind === 'challenge' ? step : undefined
  if (call !== undefined && status < 300) return call.isMcp ? 'mcp-error' : 'not-mcp'
  const bare = call?.authorization.length === 0
  if (bare && status === 401) return 'other-scheme'
  const opens = flow.of('authorize', 'token', 'registration').length === 0
  if (bare && opens && (status === 404 || status === 405)) return 'wrong-address'
  if (status >= 500) return 'server-error'
  return status >= 400 ? 'refused' : 'unusable'
}

function whose(step: Step, flow: Flow, variant: Variant): Pick<Draft, 'fault' | 'candidates'> {
  const party = answering(step, flow)
  if (party === 'intermediary') return { fault: party }
  // A client on a server of its own may have gone on out of sight, and have been refused there.
  if (step.kind === 'callback' && step.code !== undefined)
    return undetermined({
      client: 'it takes no response that it cannot tie to its request, or breaks down over one',
      'authorization-server': 'the response, or the token that was to follow, may not be right',
    })
  const server = { [party]: 'its answer is not one that this step can have' }
  switch (variant) {
    case 'wrong-address':
    case 'not-mcp':
      return undetermined({
        client: 'its URL may not be that of the MCP endpoint',
        [party]: 'it serves no MCP at this address',
      })
    case 'other-scheme':
      return undetermined({
        [party]: 'it asks for credentials that an OAuth client does not have',
        client: 'its configuration lacks the credentials that the server wants',
      })
    case 'server-error':
      return step.status === 500 || step.status === 501
        ? { fault: party }
        : undetermined({
            [party]: 'it is down, overloaded, or does not answer the gateway in front of it',
            intermediary: 'a gateway in front of the server answers in its place',
          })
    case 'refused':
      return step.kind === 'resource-metadata' ||
        step.kind === 'server-metadata' ||
        step.kind === 'preflight'
        ? { fault: party }
        : undetermined({
            ...server,
            client: 'the server refuses something that it sent, and does not say what',
          })
    case 'mcp-error':
      return undetermined({ ...server, client: 'it sends no token, or an invalid one' })
    default:
      return { fault: party }
  }
}

function sentenceOf(step: Step, variant: Variant): string {
  const what =
    step.kind === 'callback'
      ? `the authorization response brought to ${step.redirectUri}`
      : `the ${stepKinds[step.kind].name} request to ${step.url}`
  switch (variant) {
    case 'no-answer':
      return `${what} was never answered; the client gave up`
    case 'not-mcp':
      return `${what} is answered ${step.status} with something that is not an MCP message`
    case 'mcp-error':
      return `${what} is answered ${step.status} with an error about credentials`
    case 'other-scheme':
      return `${what} is answered ${step.status} without a Bearer challenge`
    default:
      return `${what} is answered ${step.status}`
  }
}

/** The first words of the answer. */
function saysOf(step: Step): string {
  const { response } = step.exchange
  const text = response === undefined ? '' : textOfPage(bodyText(response))
  return text === '' ? '' : ` (${quoted(shortened(text, 160))})`
}

function remedyOf(step: Step, variant: Variant): string {
  if (step.kind === 'callback')
    return 'Look into the log of the client, which answers at this address, at the time of this exchange.'
  switch (variant) {
    case 'no-answer':
      return 'Find out whether the server got this request, and what it waits for.'
    case 'wrong-address':
      return `Check the address: is ${step.url} the MCP endpoint, letter for letter, up to a slash at the end? Servers of the older transport answer at a path such as /sse instead.`
    case 'not-mcp':
      return 'Point the client at the MCP endpoint, or let the server answer this address with MCP.'
    case 'other-scheme':
      return 'Put the credentials that the challenge asks for into the headers of the client, or let the server ask for Bearer.'
    case 'rate-limited':
      return 'Wait for as long as Retry-After says, and raise the limit or let the client ask less often.'
    case 'mcp-error':
      return 'Answer a missing or invalid token with 401 and a challenge, and let the client get a valid one.'
    default:
      return 'Look into the log of the server that answered, at the time of this exchange; its answer may say what the request lacks.'
  }
}

function evidenceOf(step: Step): Pointer[] {
  const { startedAt, endedAt, failure, response } = step.exchange
  const seconds = endedAt === undefined ? undefined : ((endedAt - startedAt) / 1000).toFixed(1)
  const took = seconds === undefined ? {} : { note: `after ${seconds} s` }
  return [
    { step, at: 'request.url' },
    response === undefined
      ? { step, at: 'response.status', note: `no answer; ${failure?.code ?? 'cut off'}` }
      : { step, at: 'response.status', ...took },
    ...(response === undefined ? [] : [{ step, at: 'response.body' as const }]),
    ...(step.kind === 'challenge'
      ? [{ step, at: 'response.header.www-authenticate' as const }]
      : []),
  ]
}
