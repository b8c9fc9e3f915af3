import {
  type Flow,
  type McpCall,
  defineRule,
  member,
  objectOf,
  quoted,
  readDocument,
  scopesOf,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'security/cache-scope',
  title: 'A result that differs from caller to caller is marked as public',
  severity: ['warning'],
  fault: ['resource-server'],
  spec: ['MCP 2026-07-28 caching Cache Scope'],
  revisions: 'from 2026-07-28',
  reads: ['authorization'],
  weakness: true,
  why: 'A cache that callers share then shows one of them what is meant for another.',
  remedy:
    'Mark a result as `cacheScope: "private"` wherever it depends on the token, and as public only what everybody is answered alike.',

  on: 'mcp',

  *check(step, flow) {
    const result = step.answer?.publicResult
    if (result === undefined || step.presented === undefined) return 'silent'
    const earlier = [...(flow.follows?.of('mcp') ?? []), ...flow.before(step, 'mcp')]
    const other = earlier.find(
      (call) =>
        call.answer?.publicResult !== undefined &&
        call.answer.publicResult !== result &&
        isSameQuestion(call, step),
    )
    const differs = other && differenceOf(other, step, flow)
    if (other === undefined || differs === undefined) return
    yield {
      confidence: 'likely',
      message: `${quoted(step.rpc?.method)} is answered differently to tokens of another ${differs}, and both answers are marked as public`,
      evidence: [
        { step, at: 'request.json/method' },
        { step, at: 'response.body', note: 'cacheScope is "public"' },
        { step: other, at: 'response.body', note: 'another result, public as well' },
        { step, at: `request.jwt.${differs}` },
        { step: other, at: `request.jwt.${differs}` },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'everybody is answered alike',
        http: ['ann', 'bob'].map((user) => listed(user, '[]')).join('\n'),
      },
    ],
    bad: [
      {
        name: 'a list of its own for every user',
        http: ['ann', 'bob'].map((user) => listed(user, `[{"name":"${user}"}]`)).join('\n'),
        expect: { severity: 'warning', fault: 'resource-server' },
      },
    ],
  },
})

function listed(user: string, tools: string): string {
  return `
    > POST https://mcp.example/mcp
    > mcp-method: tools/list
    > mcp-session-id: s1
    > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp","sub":"${user}"}}

    {"jsonrpc":"2.0","id":2,"method":"tools/list"}

    < HTTP/1.1 200 OK

    {"jsonrpc":"2.0","id":2,"result":{"tools":${tools},"cacheScope":"public","ttlMs":60000}}`
}

/** The same method with the same parameters. */
function isSameQuestion(one: McpCall, other: McpCall): boolean {
  return one.target === other.target && questionOf(one) === questionOf(other)
}

function questionOf({ exchange }: McpCall): string {
  const message = objectOf(readDocument(exchange.request))
  const params = member(message, 'params')
  return JSON.stringify([
    member(message, 'method'),
    typeof params === 'object' && params !== null ? { ...params, _meta: undefined } : {},
  ])
}

/** In which claim the tokens of two calls differ so that they may see different things. */
function differenceOf(one: McpCall, other: McpCall, flow: Flow): 'sub' | 'scope' | undefined {
  const [a, b] = [one, other].map(({ presented }) => presented?.token.claims)
  const subjects = [a, b].map((claims) => stringMember(claims, 'sub'))
  if (subjects.every((one) => one !== undefined) && subjects[0] !== subjects[1]) return 'sub'
  const scopes = [one, other].map(({ presented }) =>
    scopesOf(
      flow.issuedBy(presented)?.issuedScope ?? stringMember(presented?.token.claims, 'scope'),
    )
      .sort()
      .join(' '),
  )
  return scopes[0] !== scopes[1] && scopes.every((one) => one !== '') ? 'scope' : undefined
}
