import {
  type Challenge,
  type Flow,
  type McpCall,
  type TokenCall,
  atLeast,
  defineRule,
  foreignPage,
  header,
  headerValues,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'cors/response-headers-not-exposed',
  title: 'The response does not expose header fields that a client in a browser needs',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['Fetch CORS protocol', 'RFC 9728 §5.1', 'RFC 9449 §8'],
  revisions: 'all; no Mcp-Session-Id from 2026-07-28',
  seed: [{ item: 'U-5', variants: ['www-authenticate'] }],
  threads: [
    'https://github.com/apify/apify-mcp-server/issues/540',
    'https://github.com/twentyhq/twenty/issues/19836',
  ],
  why: 'A client in a web page sees the status and none of these fields, so it learns neither that it has to log in nor where the metadata is.',
  remedy:
    'Send Access-Control-Expose-Headers: WWW-Authenticate, Mcp-Session-Id, DPoP-Nonce with every response, including 401 and 403.',
  explains: ['flow/auth-not-started', 'flow/stalled'],

  on: ['mcp', 'challenge', 'token'],

  *check(step, flow) {
    const page = foreignPage(step)
    if (page === undefined || !isReadable(step)) return 'silent'
    const wanted = needed(step, flow)
    if (wanted.length === 0) return 'silent'
    const hidden = wanted.filter((name) => !isExposed(name, step))
    const [first] = hidden
    if (first === undefined) return
    const stuck = first === 'WWW-Authenticate' && flow.waited('backChannel') && !wentOn(step, flow)
    const fields = step.exchange.response?.headers ?? []
    const listed = header(fields, 'access-control-expose-headers')
    yield {
      variant: first.toLowerCase(),
      severity: stuck ? 'error' : 'warning',
      fault: step.kind === 'token' ? 'authorization-server' : 'resource-server',
      message:
        `the response of ${step.url} to a page of ${page} exposes ` +
        `${listed === undefined ? 'no fields' : listed}, expected ${hidden.join(', ')}`,
      remedy: `Send Access-Control-Expose-Headers: ${wanted.join(', ')} with every response, including 401 and 403.`,
      evidence: [
        {
          step,
          at: 'response.header.access-control-expose-headers',
          note: listed === undefined ? 'absent' : `lacks ${hidden.join(', ')}`,
        },
        { step, at: 'request.header.origin' },
        ...hidden.map((name) => ({
          step,
          at: `response.header.${name.toLowerCase()}` as const,
          note: 'sent, but hidden from the page',
        })),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the challenge may be read',
        http: `
          > POST https://mcp.example/mcp
          > origin: https://app.example

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < access-control-allow-origin: *
          < access-control-expose-headers: mcp-session-id, www-authenticate`,
      },
    ],
    bad: [
      {
        name: 'the challenge is hidden, and the client does not go on',
        http: `
          > POST https://mcp.example/mcp
          > origin: https://app.example

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < access-control-allow-origin: *`,
        expect: { variant: 'www-authenticate', severity: 'error' },
      },
      {
        name: 'the session is hidden',
        http: `
          > POST https://mcp.example/mcp
          > origin: https://app.example

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK
          < mcp-session-id: one
          < access-control-allow-origin: *`,
        expect: { variant: 'mcp-session-id', severity: 'warning' },
      },
    ],
  },
})

type Subject = McpCall | Challenge | TokenCall

/** The fields that a browser client has to read in such an answer. */
function needed(step: Subject, flow: Flow): string[] {
  const fields = step.exchange.response?.headers ?? []
  const refused = step.kind === 'challenge'
  const wanted = [
    ...(refused ? ['WWW-Authenticate'] : []),
    ...(step.kind !== 'token' && !atLeast(flow.revision.client, '2026-07-28')
      ? ['Mcp-Session-Id']
      : []),
    ...(refused || step.kind === 'token' ? ['DPoP-Nonce'] : []),
  ]
  return wanted.filter((name) => header(fields, name) !== undefined)
}

/** Whether scripts may read a field of this answer (Fetch, CORS protocol). */
function isExposed(name: string, { exchange }: Subject): boolean {
  const exposed = headerValues(exchange.response?.headers ?? [], 'access-control-expose-headers')
    .join(',')
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
  // With cookies the asterisk is a name like any other.
  const any = exposed.includes('*') && header(exchange.request.headers, 'cookie') === undefined
  return any || exposed.includes(name.toLowerCase())
}

/** The page may read the answer at all. */
function isReadable({ exchange }: Subject): boolean {
  return header(exchange.response?.headers ?? [], 'access-control-allow-origin') !== undefined
}

/** The client found its way without the challenge. */
function wentOn(step: Subject, flow: Flow): boolean {
  return (
    flow.after(step, 'resource-metadata').some(({ ok }) => ok) ||
    flow.after(step, 'authorize', 'pushed-request', 'token').length > 0
  )
}
