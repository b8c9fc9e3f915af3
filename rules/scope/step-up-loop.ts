import {
  type Challenge,
  type Flow,
  defineRule,
  isSameCall,
  lacksScope,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/step-up-loop',
  title: 'The client logs in again and again for a scope, and is refused each time',
  severity: ['error'],
  fault: ['client', 'resource-server', 'authorization-server'],
  spec: ['MCP 2025-11-25 Step-Up Authorization Flow'],
  revisions: 'from 2025-11-25',
  reads: ['authorization'],
  seed: [{ item: 'A-5', faults: ['authorization-server'] }],
  why: 'Every round sends the person to the login page, and none of them changes the answer.',
  remedy: 'Stop after a few equal refusals, remember them, and show the person what is missing.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled', 'flow/step-failed'],
  aggregates: true,

  on: 'challenge',

  *check(step, flow) {
    if (!lacksScope(step) || step.presented === undefined) return 'silent'
    const known = flow.causesOf(this).find(({ severity }) => severity === 'error')
    const vain = roundsUntil(step, flow)
    // A scope that was granted and is asked for once more says it at the second time.
    if (vain.length !== (known === undefined ? 3 : 2)) return
    yield {
      fault:
        known?.fault === 'resource-server' || known?.fault === 'authorization-server'
          ? known.fault
          : 'client',
      message: `${vain.length} tokens in a row are answered 403 insufficient_scope for the same call, each time with scope ${quoted(step.scope)}`,
      evidence: vain.map((round) => ({
        step: round,
        at: 'response.header.www-authenticate',
        note: 'another token, the same answer',
      })),
    }
  },

  examples: {
    good: [
      {
        name: 'one refusal, which a new token ends',
        http: `${round('1')}
${accepted('2')}`,
      },
    ],
    bad: [
      {
        name: 'three tokens, three refusals',
        http: ['1', '2', '3'].map(round).join('\n'),
        expect: { fault: 'client' },
      },
    ],
  },
})

function round(number: string): string {
  return `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c${number}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ ${number}}","token_type":"Bearer"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ ${number}}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"
`
}

function accepted(number: string): string {
  const [before] = round(number).split('< HTTP/1.1 403')
  return `${before}< HTTP/1.1 200 OK

          {"jsonrpc":"2.0","id":1,"result":{}}`
}

/** Refusals of one call up to this one, each for the same scope and for another token, with no success between. */
function roundsUntil(step: Challenge, flow: Flow): Challenge[] {
  const rounds: Challenge[] = []
  for (const call of flow.mcpCalls) {
    if (call.order > step.order || !isSameCall(call, step)) continue
    if (call.kind === 'mcp' && call.ok) rounds.length = 0
    const isNew = rounds.every(
      ({ presented }) => presented?.token.value !== call.presented?.token.value,
    )
    if (call.kind === 'challenge' && lacksScope(call) && call.scope === step.scope && isNew)
      rounds.push(call)
  }
  return rounds.at(-1) === step ? rounds : []
}
