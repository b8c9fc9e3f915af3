import {
  type Preflight,
  answererOf,
  cameAllTheSame,
  defineRule,
  header,
  headerValues,
  quoted,
  withoutResponse,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'cors/allow-headers-incomplete',
  title: 'A CORS preflight does not allow the fields that the client has to send',
  severity: ['error', 'warning'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['Fetch CORS-preflight fetch', 'Fetch CORS non-wildcard request-header name'],
  revisions: 'all; Mcp-Method and Mcp-Name from 2026-07-28',
  seed: [{ item: 'T-1', variants: ['authorization'], severity: 'error' }],
  why: 'The browser does not send the request, and the client sees a network error without a reason.',
  remedy:
    'List the fields by name in Access-Control-Allow-Headers: Authorization, Content-Type, MCP-Protocol-Version, Mcp-Session-Id, Last-Event-ID, Mcp-Method, Mcp-Name.',
  explains: [
    'authorization/valid-response-rejected',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'preflight',

  *check(step, flow) {
    const { status = 0 } = step
    // What fails otherwise is cors/preflight-rejected.
    if (step.origin === undefined || status < 200 || status > 299) return 'silent'
    const answer = step.exchange.response?.headers ?? []
    if (header(answer, 'access-control-allow-origin') === undefined) return 'silent'
    const asked = names(
      headerValues(step.exchange.request.headers, 'access-control-request-headers'),
    )
    if (asked.length === 0) return 'silent'
    const listed = names(headerValues(answer, 'access-control-allow-headers'))
    const any = listed.includes('*') && !allowsCredentials(step)
    const lacking = asked.filter(
      (name) => !listed.includes(name) && !(any && name !== 'authorization'),
    )
    const [first] = lacking
    if (first === undefined || cameAllTheSame(step, flow)) return
    const optional = lacking.every((name) => name === 'mcp-protocol-version') && isMetadata(step)
    // Some browsers still let the asterisk stand for Authorization.
    const lenient = listed.includes('*') && lacking.every((name) => name === 'authorization')
    yield {
      variant: variantOf(first, listed),
      severity: optional || lenient || !flow.waited('backChannel') ? 'warning' : 'error',
      ...answererOf(step, flow),
      ...(lenient ? { confidence: 'likely' } : {}),
      message: `the preflight for ${step.url} asks for ${asked.join(', ')}, and ${listed.length === 0 ? 'nothing' : quoted(listed.join(', '))} is allowed`,
      remedy: `Add ${lacking.join(', ')} to Access-Control-Allow-Headers of ${withoutResponse(step.url)}.`,
      evidence: [
        { step, at: 'request.header.access-control-request-headers', note: 'what is asked for' },
        {
          step,
          at: 'response.header.access-control-allow-headers',
          note: `lacks ${lacking.join(', ')}`,
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'all of them, whatever their case',
        http: `
          > OPTIONS https://mcp.example/mcp
          > origin: https://app.example
          > access-control-request-method: POST
          > access-control-request-headers: authorization,content-type

          < HTTP/1.1 204 No Content
          < access-control-allow-origin: *
          < access-control-allow-headers: Content-Type, Authorization`,
      },
    ],
    bad: [
      {
        name: 'Authorization is forgotten',
        http: `
          > OPTIONS https://mcp.example/mcp
          > origin: https://app.example
          > access-control-request-method: POST
          > access-control-request-headers: authorization,content-type

          < HTTP/1.1 204 No Content
          < access-control-allow-origin: *
          < access-control-allow-headers: Content-Type`,
        expect: { variant: 'authorization', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'an asterisk, which does not stand for Authorization',
        http: `
          > OPTIONS https://mcp.example/mcp
          > origin: https://app.example
          > access-control-request-method: POST
          > access-control-request-headers: authorization,content-type

          < HTTP/1.1 204 No Content
          < access-control-allow-origin: *
          < access-control-allow-headers: *`,
        expect: { variant: 'wildcard', severity: 'warning' },
      },
    ],
  },
})

/** Names of fields in a list, in lower case. */
function names(values: readonly string[]): string[] {
  return values
    .join(',')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** With credentials the asterisk is a name like any other. */
function allowsCredentials({ exchange }: Preflight): boolean {
  return header(exchange.response?.headers ?? [], 'access-control-allow-credentials') === 'true'
}

function variantOf(name: string, listed: readonly string[]): string {
  if (listed.includes('*')) return 'wildcard'
  if (name === 'mcp-session-id') return 'session-id'
  if (name === 'mcp-method' || name === 'mcp-name') return 'mcp-headers'
  return ['authorization', 'mcp-protocol-version', 'dpop'].includes(name) ? name : 'other'
}

function isMetadata({ url }: Preflight): boolean {
  return url.includes('/.well-known/')
}
