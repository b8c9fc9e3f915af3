import {
  type Flow,
  type McpCall,
  audiences,
  before,
  defineRule,
  foreignApiOf,
  isOwnAudience,
  origin,
  parameterPlace,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/server-accepts-wrong-audience',
  title: 'The MCP server accepts a token that was issued for somebody else',
  severity: ['error', 'warning', 'info'],
  fault: ['resource-server'],
  spec: [
    'RFC 9700 §2.3',
    'MCP 2025-06-18 Access Token Privilege Restriction',
    'MCP 2025-06-18 security Token Passthrough',
  ],
  revisions: 'from 2025-06-18; a note before',
  reads: ['authorization'],
  seed: ['A-2'],
  why: 'A token stolen at, or passed on by, another service opens this server too, and one that this server passes on opens the other.',
  remedy:
    'Reject tokens whose audience is not this server (401, invalid_token), and use a separate token for upstream APIs.',

  on: 'mcp',

  *check(step, flow) {
    if (step.presented === undefined || !step.ok || step.answer?.result !== true) return 'silent'
    if (step.answer.toolError !== undefined || isOpen(step, flow)) return 'silent'
    const fault = faultOf(step, flow)
    if (fault === undefined) return step.presented.token.format === 'jwt' ? undefined : 'silent'
    if (wasAskedWell(step, flow)) return 'silent'

    const guarded = flow.of('challenge').some(({ status }) => status === 401)
    const old = before(flow.revision.server, '2025-06-18')
    const issued = flow.issuedBy(step.presented)
    const jwt = step.presented.token.format === 'jwt'
    yield {
      variant: fault.variant,
      severity: old ? 'info' : guarded ? fault.severity : ranks[fault.severity],
      confidence: guarded && fault.variant === 'foreign-aud' ? 'certain' : 'likely',
      message: `${step.target} accepts ${fault.text}, expected ${flow.audiences.map(quoted).join(' or ')}`,
      evidence: [
        {
          step,
          at: jwt ? 'request.jwt.aud' : 'request.header.authorization',
          note: jwt ? `must contain ${flow.resource ?? step.target}` : 'its first characters tell',
        },
        { step, at: 'response.status', note: 'accepted' },
        ...(issued === undefined
          ? []
          : [{ ...parameterPlace(issued, 'resource', flow), note: 'what the client asked for' }]),
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the audience is the server, in whatever spelling',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":["https://api.example","https://mcp.example/mcp/"]}}

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      },
    ],
    bad: [
      {
        name: 'a token for another API is accepted',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://api.other.example"}}

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
        expect: { variant: 'foreign-aud', severity: 'error' },
      },
      {
        name: 'a token of GitHub is passed through',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret gho_ one}

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
        expect: { variant: 'passthrough-token', severity: 'warning' },
      },
    ],
  },
})

/** The server answers this to everybody, so it need not have looked at the token. */
function isOpen(step: McpCall, flow: Flow): boolean {
  return flow
    .of('mcp')
    .some(
      (call) =>
        call.ok &&
        call.authorization.length === 0 &&
        call.method === step.method &&
        call.rpc?.method === step.rpc?.method,
    )
}

/** Host and port, whatever the scheme; undefined for a logical name. */
function place(audience: string): string | undefined {
  const own = origin(audience)
  return own?.startsWith('http') === true ? own.slice(own.indexOf('://')) : undefined
}

/** The client asked for a token for this server, and the authorization server gave this one. */
function wasAskedWell(step: McpCall, flow: Flow): boolean {
  const issued = flow.issuedBy(step.presented)
  if (issued === undefined) return false
  const request = issued.resources.length > 0 ? issued : flow.authorizationOf(issued)?.step
  return request?.resources.some((sent) => isOwnAudience(sent, flow)) === true
}

interface Fault {
  readonly variant: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly text: string
}

function faultOf(step: McpCall, flow: Flow): Fault | undefined {
  const token = step.presented!.token
  const named = audiences(token)
  const list = named.map(quoted).join(', ')
  const service = foreignApiOf(token.value, named, step.target)
  if (service !== undefined)
    return {
      variant: 'passthrough-token',
      severity: token.format === 'jwt' ? 'error' : 'warning',
      text: `a token for the API of ${service}`,
    }
  if (token.format !== 'jwt') return undefined
  if (named.length === 0)
    return { variant: 'aud-absent', severity: 'warning', text: 'a token without aud' }
  const own = flow.audiences.map(place)
  const places = named.map(place)
  if (named.some((one) => isOwnAudience(one, flow)) || places.some((one) => own.includes(one)))
    return undefined
  const logical = places.includes(undefined)
  return {
    variant: 'foreign-aud',
    severity: logical ? 'info' : 'error',
    text: `a token whose aud is ${list}${logical ? ', which may stand for it' : ''}`,
  }
}

const ranks = { error: 'warning', warning: 'warning', info: 'info' } as const
