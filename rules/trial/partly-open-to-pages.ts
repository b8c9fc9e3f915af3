import { type Preflight, answererOf, defineRule, header, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'trial/partly-open-to-pages',
  title: 'A client that runs in a browser comes in at one place and not at the next',
  severity: ['info'],
  fault: ['resource-server', 'authorization-server'],
  spec: ['Fetch CORS-preflight fetch', 'OAuth 2.1 §3.2'],
  revisions: 'all',
  why: 'A client in a browser needs them all: the MCP endpoint, both metadata documents, the registration and the token endpoint.',
  remedy:
    'If clients in a browser are to use this server, answer OPTIONS at this place with 204, Access-Control-Allow-Origin, -Methods and -Headers as at the others.',
  trials: true,

  on: 'preflight',

  *check(step, flow) {
    if (isOpen(step)) return
    // Nothing but the MCP endpoint tells that clients in a browser are meant.
    const endpoint = flow.trials.of('preflight').find(({ url }) => url === flow.target)
    if (endpoint === undefined || endpoint === step || !isOpen(endpoint)) return 'silent'
    yield {
      ...answererOf(step, flow),
      message: `${quoted(endpoint.url)} lets pages of other origins call it, and ${quoted(step.url)} does not`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'response.header.access-control-allow-origin', note: 'the origin, or *' },
        { step, at: 'response.header.access-control-allow-headers', note: 'what is asked for' },
        { step, at: 'request.header.access-control-request-headers' },
        { step: endpoint, at: 'response.header.access-control-allow-origin' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'open at both',
        http: `
          \${opening only challenge}

          # trial=preflight:1
          > OPTIONS https://mcp.example/mcp
          > origin: https://app.example
          > access-control-request-method: POST
          > access-control-request-headers: authorization

          < HTTP/1.1 204 No Content
          < access-control-allow-origin: *
          < access-control-allow-headers: authorization`,
      },
    ],
    bad: [
      {
        name: 'the metadata is not open',
        http: `
          \${opening only challenge}

          # trial=preflight:1
          > OPTIONS https://mcp.example/mcp
          > origin: https://app.example
          > access-control-request-method: POST
          > access-control-request-headers: authorization

          < HTTP/1.1 204 No Content
          < access-control-allow-origin: *
          < access-control-allow-headers: authorization

          # trial=preflight:1
          > OPTIONS https://mcp.example/.well-known/oauth-protected-resource/mcp
          > origin: https://app.example
          > access-control-request-method: GET
          > access-control-request-headers: mcp-protocol-version

          < HTTP/1.1 404 Not Found`,
        expect: { severity: 'info', fault: 'resource-server' },
      },
    ],
  },
})

/** A browser would send the request that the preflight announces. */
function isOpen({ exchange, status = 0 }: Preflight): boolean {
  const fields = exchange.response?.headers ?? []
  const origin = header(fields, 'access-control-allow-origin')
  if (status < 200 || status > 299 || origin === undefined) return false
  const allowed = namesOf(header(fields, 'access-control-allow-headers'))
  return namesOf(header(exchange.request.headers, 'access-control-request-headers')).every(
    (name) => allowed.includes(name) || (allowed.includes('*') && name !== 'authorization'),
  )
}

function namesOf(field: string | undefined): string[] {
  return (field ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
