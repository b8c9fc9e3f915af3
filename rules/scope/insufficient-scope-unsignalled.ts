import {
  type Challenge,
  type Draft,
  type Flow,
  type McpCall,
  type Place,
  before,
  blockedBy,
  defineRule,
  endingOf,
  isSameCall,
  lacksScope,
  quoted,
  said,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/insufficient-scope-unsignalled',
  title: 'A missing scope is not signalled so that a client can ask for it',
  severity: ['error', 'warning'],
  fault: ['resource-server'],
  spec: ['MCP 2025-11-25 Scope Challenge Handling', 'RFC 6750 §3.1'],
  revisions: 'from 2025-11-25; the status 403 since 2025-03-26',
  reads: ['authorization', 'www-authenticate'],
  seed: [
    { item: 'A-6', variants: ['missing-scope'] },
    { item: 'U-5', variants: ['wrong-status'] },
  ],
  why: 'A client asks for more scopes only when a 403 names insufficient_scope and the scopes that it lacks; anything else it takes for a failure, or for a bad token.',
  remedy:
    'Answer 403 with `WWW-Authenticate: Bearer error="insufficient_scope", scope="<all scopes of the operation>", resource_metadata="<metadata URL>"`.',
  explains: [
    'bearer/fresh-token-rejected',
    'challenge/www-authenticate-missing',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['challenge', 'mcp'],

  *check(step, flow) {
    if (step.presented === undefined) return 'silent'
    const old = before(flow.revision.server, '2025-11-25')
    const flaw = flawOf(step, flow, old)
    if (flaw === undefined) return lacksScope(step) ? undefined : 'silent'
    const { variant, text, at, note } = flaw
    const words = saysScope(step)
    const later = flow.after(step, 'mcp').some((call) => call.ok && isSameCall(call, step))
    // One call of many that is denied ends no login.
    const ends =
      flow.settled && !later && variant !== 'incremental' && endingOf(flow).outcome !== 'authorized'
    yield {
      variant,
      severity: ends ? 'error' : 'warning',
      message: `${step.target} ${text}`,
      evidence: [
        { step, at, note },
        { step, at: 'response.status' },
        words && { step, at: words.at, note: 'what it says' },
        ...(flaw.more ?? []),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'all that a client needs',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"`,
      },
    ],
    bad: [
      {
        name: 'the scopes are not named',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope"`,
        expect: { variant: 'missing-scope', severity: 'error' },
      },
      {
        name: '401, as if the token were bad',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="insufficient_scope", scope="write"`,
        expect: { variant: 'wrong-status', severity: 'error' },
      },
      {
        name: 'words alone',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < content-type: application/json

          {"message":"missing scope: write"}`,
        expect: { variant: 'no-challenge', severity: 'error' },
      },
    ],
  },
})

interface Flaw {
  readonly variant: string
  readonly text: string
  readonly at: Place
  readonly note: string
  readonly more?: Draft['evidence']
}

const field = 'response.header.www-authenticate'

/** The words name a scope: what is said of roles and permissions may be about anything. */
function saysScope(step: Challenge | McpCall) {
  const words = said(step, 'scope')
  return words?.words.toLowerCase().includes('scope') === true ? words : undefined
}

function flawOf(step: Challenge | McpCall, flow: Flow, old: boolean): Flaw | undefined {
  if (step.kind === 'mcp') return old ? undefined : hidden(step)
  if (step.status === 401)
    return step.error === 'insufficient_scope'
      ? {
          variant: 'wrong-status',
          text: 'answers a token that lacks a scope with 401',
          at: field,
          note: 'insufficient_scope belongs to 403',
        }
      : undefined
  if (old) return undefined
  if (lacksScope(step)) return scopesOf(step.scope).length === 0 ? unnamed : incremental(step, flow)
  if (step.error !== undefined || blockedBy(step, flow) !== undefined) return undefined
  const scoped = step.scope !== undefined || saysScope(step) !== undefined
  if (!scoped) return undefined
  return step.challenges.lines.length === 0
    ? {
        variant: 'no-challenge',
        text: 'answers 403 for want of a scope, without a challenge',
        at: field,
        note: 'there is no such field',
      }
    : {
        variant: 'missing-error',
        text: 'answers 403 for want of a scope, and its challenge has no error',
        at: field,
        note: 'must hold error="insufficient_scope"',
      }
}

const unnamed: Flaw = {
  variant: 'missing-scope',
  text: 'answers 403 insufficient_scope and does not say which scopes are needed',
  at: field,
  note: 'has no scope',
}

/** An error of a message that names the code of RFC 6750 §3.1; what else a tool says may be about an API behind it. */
function hidden(step: McpCall): Flaw | undefined {
  const text = step.answer?.error?.message ?? step.answer?.toolError
  if (text === undefined || !text.includes('insufficient_scope')) return undefined
  return {
    variant: 'hidden-in-200',
    text: `hides insufficient_scope in an answer with ${step.status}`,
    at: 'response.body',
    note: 'no client asks for a scope because of it',
  }
}

/** The same call was refused before for another scope, and this time the server wants one more. */
function incremental(step: Challenge, flow: Flow): Flaw | undefined {
  const earlier = flow
    .before(step, 'challenge')
    .findLast((other) => lacksScope(other) && isSameCall(other, step))
  if (earlier?.presented?.token.value === step.presented?.token.value) return undefined
  const [first, second] = [scopesOf(earlier?.scope), scopesOf(step.scope)]
  if (earlier === undefined || first.length === 0 || second.some((scope) => first.includes(scope)))
    return undefined
  return {
    variant: 'incremental',
    text: `asks for one scope after the other: first ${quoted(earlier.scope)}, then ${quoted(step.scope)} for the same call`,
    at: field,
    note: 'the second',
    more: [{ step: earlier, at: field, note: 'the first' }],
  }
}
