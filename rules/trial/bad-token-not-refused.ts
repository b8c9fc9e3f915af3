import { type Challenge, type McpCall, defineRule, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'trial/bad-token-not-refused',
  title: 'The MCP server does not refuse a bad token with 401 and invalid_token',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['RFC 6750 §3.1', 'MCP 2025-11-25 Token Handling', 'MCP 2025-11-25 Error Handling'],
  revisions: 'all',
  seed: [{ item: 'U-5', severity: 'error' }],
  why: 'A client refreshes or logs in anew after a 401, and by invalid_token it tells that the token is bad. After any other answer its user stays locked out when the token expires.',
  remedy:
    'Answer every token that is unknown, malformed or expired with 401 and WWW-Authenticate: Bearer error="invalid_token", before you read the message.',
  trials: true,

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const what = words[step.exchange.trial?.sort ?? '']
    if (what === undefined || step.status === undefined) return 'silent'
    // Where nobody needs a token, a bad one need not be looked at.
    if (!flow.of('challenge').some(({ status }) => status === 401)) return 'silent'
    const told = flow.trials
      .of('mcp', 'challenge')
      .some((other) => other.order < step.order && isSame(other, step))
    if (told) return
    const variant = variantOf(step)
    if (variant === undefined) return
    yield {
      variant,
      severity: variant === 'no-code' ? 'warning' : 'error',
      message:
        `${step.target} answers ${what} with ${step.status}` +
        (variant === 'no-code' ? ' and without error="invalid_token"' : '') +
        (errorOf(step) === undefined ? '' : ` and error ${quoted(errorOf(step))}`),
      remedy:
        variant === 'accepted'
          ? 'Check signature, issuer, audience and expiry of every token, or ask the authorization server for it, before you answer.'
          : undefined,
      evidence: [
        { step, at: 'response.status', note: variant === 'no-code' ? 'is right' : 'must be 401' },
        { step, at: 'response.header.www-authenticate', note: 'must say invalid_token' },
        { step, at: 'request.header.authorization', note: `${what}, which authtap made up` },
      ],
    }
  },

  examples: {
    good: [
      {
        name: '401 and invalid_token',
        http: `
          \${opening only challenge}

          # trial=bad-token:1
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"`,
      },
    ],
    bad: [
      {
        name: 'the server breaks on a token that it cannot read',
        http: `
          \${opening only challenge}

          # trial=bad-token:1
          \${opening only mcp unanswered}

          < HTTP/1.1 500 Internal Server Error
          < content-type: text/plain

          JWTMalformed`,
        expect: { variant: '5xx', severity: 'error', fault: 'resource-server' },
      },
      {
        name: 'any token opens the door',
        http: `
          \${opening only challenge}

          # trial=bad-token:1
          \${opening only mcp unanswered}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
        expect: { variant: 'accepted', severity: 'error' },
      },
      {
        name: 'nothing says that the token is bad',
        http: `
          \${opening only challenge}

          # trial=expired-token:1
          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer realm="mcp"`,
        expect: { variant: 'no-code', severity: 'warning' },
      },
    ],
  },
})

type Call = McpCall | Challenge

const words: Readonly<Record<string, string>> = {
  'bad-token': 'a token that nobody issued',
  'expired-token': 'a JWT that has expired and that nobody signed',
}

/** A gateway that lets only so many requests pass says nothing about tokens. */
const otherwise = new Set([404, 429, 502, 503, 504])

function errorOf(step: Call): string | undefined {
  return step.kind === 'challenge' ? step.error : undefined
}

function variantOf(step: Call): string | undefined {
  const { status = 0 } = step
  const error = errorOf(step)
  if (status === 401)
    return step.kind === 'challenge' && step.usable.length > 0 && error === undefined
      ? 'no-code'
      : undefined
  if (step.kind === 'mcp' && step.isMcp && step.answer?.error === undefined && status < 300)
    return 'accepted'
  if (otherwise.has(status)) return undefined
  // RFC 6750 §3.1: a request that is malformed may get 400 and invalid_request.
  if (status === 400 && error === 'invalid_request') return undefined
  return status >= 500 ? '5xx' : String(status)
}

/** The same answer to another bad token: told once. */
function isSame(a: Call, b: Call): boolean {
  return words[a.exchange.trial?.sort ?? ''] !== undefined && variantOf(a) === variantOf(b)
}
