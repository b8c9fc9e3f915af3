import { type CredentialBeside, type Place, defineRule } from '../../src/core/kit.ts'

export default defineRule({
  id: 'bearer/token-in-url-or-body',
  title: 'The access token travels in the URL, a form or a cookie',
  severity: ['error', 'info'],
  fault: ['client'],
  spec: ['MCP 2025-11-25 Token Requirements', 'OAuth 2.1 §5.1', 'RFC 9700 §4.3.2'],
  revisions: 'all',
  seed: [{ item: 'T-1', variants: ['query', 'form-body', 'cookie'] }],
  why: 'URLs end up in logs, histories and Referer fields, and servers that follow OAuth 2.1 do not look for a token there.',
  remedy:
    'Send the token as `Authorization: Bearer <access_token>` and nowhere else, and replace the one that was exposed.',
  explains: [
    'bearer/fresh-token-rejected',
    'bearer/missing',
    'flow/auth-not-started',
    'flow/reauth-loop',
    'flow/stalled',
  ],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const issued = new Set(flow.of('token').map(({ accessToken }) => accessToken?.value))
    const found = step.beside.find(
      ({ name, token }) =>
        issued.has(token.value) || token.format === 'jwt' || name === 'access_token',
    )
    if (found === undefined) return
    const { token, where, name } = found
    const sure = issued.has(token.value) || token.claims !== undefined
    const both = step.authorization.length > 0
    yield {
      variant: both ? 'multiple-methods' : where,
      severity: sure ? 'error' : 'info',
      confidence: issued.has(token.value) ? 'certain' : 'likely',
      message:
        `the client sends ${issued.has(token.value) ? 'its access token' : 'a token'} as ${name} in ${places[where]}` +
        (both ? ', beside the Authorization field' : ''),
      evidence: [
        { step, at: placeOf(found), note: 'belongs in Authorization' },
        { step, at: 'request.header.authorization', note: both ? 'sent as well' : 'not sent' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a cursor in the query, the token in its field',
        http: `
          \${opening only token}

          > POST https://mcp.example/mcp?session=4711
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'the token in the query',
        http: `
          \${opening only token}

          > POST https://mcp.example/mcp?access_token=\${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer`,
        expect: { variant: 'query', severity: 'error' },
      },
      {
        name: 'the token in a cookie, and in its field',
        http: `
          \${opening only token}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}
          > cookie: theme=dark; token=\${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK`,
        expect: { variant: 'multiple-methods', severity: 'error' },
      },
    ],
  },
})

const places = { query: 'the URL', 'form-body': 'a form', cookie: 'a cookie' }

function placeOf({ where, name }: CredentialBeside): Place {
  if (where === 'cookie') return 'request.header.cookie'
  return where === 'query' ? `request.query.${name}` : `request.form.${name}`
}
