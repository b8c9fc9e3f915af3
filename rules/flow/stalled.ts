import { type Flow, type Step, blind, defineRule } from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/stalled',
  title: 'The flow stops after a step that succeeded',
  severity: ['warning', 'info'],
  fault: ['undetermined', 'client'],
  spec: ['MCP 2025-11-25 Authorization Flow Steps'],
  revisions: 'all',
  why: 'Nothing fails, and nothing more happens: strict clients stop without a word at metadata that they must reject, and people leave login pages.',
  remedy: 'Look at the last exchange and its findings, and at what the client says in its own log.',
  aggregates: true,

  on: [
    'resource-metadata',
    'server-metadata',
    'registration',
    'pushed-request',
    'authorize',
    'token',
  ],

  *check(step, flow) {
    const stall = sort[step.kind]
    if (stall === undefined || !step.ok) return 'silent'
    if (step.kind === 'authorize' && step.answer !== undefined) return 'silent'
    if (!isEnd(step, stall, flow)) return
    const renews = step.kind === 'token' && step.grantType === 'refresh_token'
    if ((renews || stall === 'after-metadata') && isAtEase(flow)) return
    // Where no call to the MCP server is in the capture at all, the token was used out of sight.
    if (stall === 'token-never-used' && flow.mcpCalls.length === 0) return blind('the MCP call')
    const byClient = stall === 'token-never-used'
    yield {
      variant: stall,
      // A person who did not finish is no fault of anybody's.
      severity: stall === 'after-authorization' ? 'info' : 'warning',
      confidence: 'likely',
      ...(byClient
        ? { fault: 'client' as const }
        : {
            fault: 'undetermined' as const,
            candidates: [
              {
                fault: 'client' as const,
                why: 'it rejects what it was given, waits for a person, or was ended',
              },
              {
                fault: 'authorization-server' as const,
                why: 'its last answer is not what the client can go on with',
              },
            ],
          }),
      message: `the flow ends after a step that succeeded (${step.summary}): ${due[stall]}`,
      evidence: [{ step, at: 'request.url', note: 'the last step of the flow' }],
    }
  },

  examples: {
    good: [
      {
        name: 'the token is used',
        http: `
          > POST https://as.example/token

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK`,
      },
      {
        name: 'a client that is let in renews its token while it has nothing to ask',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          > POST https://as.example/token

          grant_type=refresh_token&refresh_token=r1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer"}`,
      },
      {
        name: 'a client that is let in looks at the metadata again',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK

          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      },
    ],
    bad: [
      {
        name: 'the client reads the metadata and stops',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","registration_endpoint":"https://as.example/register","code_challenge_methods_supported":["S256"]}`,
        expect: { variant: 'after-metadata', severity: 'warning', fault: 'undetermined' },
      },
      {
        name: 'the browser never comes back',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1`,
        expect: { variant: 'after-authorization', severity: 'info' },
      },
      {
        name: 'a token that is never used',
        http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer

          > POST https://as.example/token

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
        expect: { variant: 'token-never-used', fault: 'client' },
      },
      {
        name: 'the call is refused, the token is renewed, and the call is not made again',
        http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer error="invalid_token"

          > POST https://as.example/token

          grant_type=refresh_token&refresh_token=r1

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer"}`,
        expect: { variant: 'token-never-used', fault: 'client' },
      },
    ],
  },
})

type Stall = 'after-metadata' | 'after-registration' | 'after-authorization' | 'token-never-used'

/** Steps that are no part of the way from the challenge to the call. */
const asides = [
  'preflight',
  'other',
  'jwks',
  'userinfo',
  'client-metadata',
  'introspection',
  'revocation',
]

const sort: Readonly<Partial<Record<Step['kind'], Stall>>> = {
  'resource-metadata': 'after-metadata',
  'server-metadata': 'after-metadata',
  registration: 'after-registration',
  'pushed-request': 'after-registration',
  authorize: 'after-authorization',
  token: 'token-never-used',
}

const due: Readonly<Record<Stall, string>> = {
  'after-metadata': 'no registration, authorization or token request followed',
  'after-registration': 'no authorization request followed',
  'after-authorization': 'the browser never came back with an answer',
  'token-never-used': 'no call presented the token',
}

/** The flow ends here, for as long as this sort of successor may take. */
function isEnd(step: Step, stall: Stall, flow: Flow): boolean {
  if (flow.steps.findLast(({ kind }) => !asides.includes(kind)) !== step) return false
  if (stall === 'after-authorization') return flow.waited('user')
  return flow.waited(stall === 'token-never-used' ? 'firstUse' : 'backChannel')
}

/** Its last call was let in: such a client looks at metadata again, and renews its token, when it likes. */
function isAtEase(flow: Flow): boolean {
  const call = flow.mcpCalls.at(-1)
  return call?.kind === 'mcp' && call.ok && call.presented !== undefined
}
