import {
  type Finding,
  type Flow,
  type McpCall,
  answersAnybody,
  audiences,
  before,
  defineRule,
  foreignApiOf,
  isLogicalName,
  parameterPlace,
  quoted,
  standsForOwn,
  wasAskedFor,
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
    if (step.answer.toolError !== undefined || answersAnybody(step, flow)) return 'silent'
    const fault = faultOf(step, flow)
    if (fault === undefined) return step.presented.token.format === 'jwt' ? undefined : 'silent'
    if (wasAskedFor(step.presented, flow)) return 'silent'

    const guarded = flow.of('challenge').some(({ status }) => status === 401)
    const old = before(flow.revision.server, '2025-06-18')
    const token = flow.issuedBy(step.presented)
    const jwt = step.presented.token.format === 'jwt'
    const note = jwt ? `must contain ${flow.resource ?? step.target}` : 'its first characters tell'
    yield {
      variant: fault.variant,
      severity: old ? 'info' : fault.severity === 'error' && !guarded ? 'warning' : fault.severity,
      confidence: guarded && fault.variant === 'foreign-aud' ? 'certain' : 'likely',
      message: `${step.target} accepts ${fault.message}, expected ${flow.audiences.map(quoted).join(' or ')}`,
      found:
        fault.variant === 'aud-absent'
          ? `accepts ${fault.message}`
          : `accepts a token of another audience (${fault.message})`,
      evidence: [
        { step, at: jwt ? 'request.jwt.aud' : 'request.header.authorization', note },
        { step, at: 'response.status', note: 'accepted' },
        token && { ...parameterPlace(token, 'resource', flow), note: 'what the client asked for' },
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
          \${opening only challenge}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://api.other.example"}}

          {"jsonrpc":"2.0","id":1,"method":"tools/list"}

          < HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
        expect: { variant: 'foreign-aud', severity: 'error' },
      },
    ],
  },
})

type Fault = Pick<Finding, 'variant' | 'severity' | 'message'>

/** What is wrong with the audience; the message names the token. */
function faultOf(step: McpCall, flow: Flow): Fault | undefined {
  const token = step.presented!.token
  const named = audiences(token)
  const service = foreignApiOf(token.value, named, step.target)
  if (service !== undefined)
    return {
      variant: 'passthrough-token',
      severity: token.format === 'jwt' ? 'error' : 'warning',
      message: `a token for the API of ${service}`,
    }
  if (token.format !== 'jwt') return undefined
  if (named.length === 0)
    return { variant: 'aud-absent', severity: 'warning', message: 'a token without aud' }
  if (named.some((one) => standsForOwn(one, flow))) return undefined
  const logical = named.some(isLogicalName)
  return {
    variant: 'foreign-aud',
    severity: logical ? 'info' : 'error',
    message: `a token whose aud is ${named.map(quoted).join(', ')}${logical ? ', which may stand for it' : ''}`,
  }
}
