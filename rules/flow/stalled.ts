import {
  type Flow,
  type Place,
  type Step,
  asides,
  blind,
  defineRule,
  isAtEase,
  isOfCheck,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/stalled',
  title: 'The login stops after a step that succeeded',
  severity: ['warning', 'info'],
  fault: ['undetermined', 'client'],
  spec: ['MCP 2025-11-25 Authorization Flow Steps'],
  revisions: 'all',
  why: 'No step failed, but none follows. A strict client may have rejected metadata without saying so, or the user left the login page.',
  remedy: 'Look at the last exchange and its findings, and at the log of the client.',
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
    const end = ends[step.kind]
    if (end === undefined || !step.ok) return 'silent'
    const { stall, at } = end
    // `authtap check` looks, and means to log in only when it is told to.
    if (stall === 'after-metadata' && isOfCheck(step)) return 'silent'
    if (step.kind === 'authorize' && step.answer !== undefined) return 'silent'
    if (!isEnd(step, stall, flow)) return
    const renews = step.kind === 'token' && step.grantType === 'refresh_token'
    if ((renews || stall === 'after-metadata') && isAtEase(flow)) return
    // Where no call to the MCP server is in the capture at all, the token was used out of sight.
    if (stall === 'token-never-used' && flow.mcpCalls.length === 0) return blind('the MCP call')
    const byClient = stall === 'token-never-used'
    yield {
      variant: stall,
      severity: isNoFault(stall, flow) ? 'info' : 'warning',
      confidence: 'likely',
      ...(byClient
        ? { fault: 'client' }
        : undetermined({
            client: 'it rejects the last answer, waits for the user, or was stopped',
            [step.kind === 'resource-metadata' ? 'resource-server' : 'authorization-server']:
              'the client cannot go on with its last answer',
          })),
      message: `the login stops after a step that succeeded (${step.summary}): ${due[stall]}`,
      evidence: [
        { step, at: 'request.url', note: 'the last step of the flow' },
        { step, at },
      ],
    }
  },

  examples: {
    good: [{ name: 'the token is used', http: '${opening until mcp}' }],
    bad: [
      {
        name: 'the client reads the metadata and stops',
        http: '${opening until server-metadata}',
        expect: { variant: 'after-metadata', severity: 'warning', fault: 'undetermined' },
      },
      {
        name: 'the browser never comes back',
        http: '${opening until authorize}',
        expect: { variant: 'after-authorization', severity: 'info' },
      },
      {
        name: 'a token that is never used',
        http: '${opening until token}',
        expect: { variant: 'token-never-used', fault: 'client' },
      },
    ],
  },
})

type Stall = 'after-metadata' | 'after-registration' | 'after-authorization' | 'token-never-used'

/** What each step is the last before, and where the answer stands that the next step would go by. */
const ends: Readonly<Partial<Record<Step['kind'], { stall: Stall; at: Place }>>> = {
  'resource-metadata': { stall: 'after-metadata', at: 'response.json/resource' },
  'server-metadata': { stall: 'after-metadata', at: 'response.json/issuer' },
  registration: { stall: 'after-registration', at: 'response.json/client_id' },
  'pushed-request': { stall: 'after-registration', at: 'response.json/request_uri' },
  authorize: { stall: 'after-authorization', at: 'request.query.client_id' },
  token: { stall: 'token-never-used', at: 'request.form.grant_type' },
}

const due: Readonly<Record<Stall, string>> = {
  'after-metadata': 'no registration, authorization or token request followed',
  'after-registration': 'no authorization request followed',
  'after-authorization': 'the browser never came back with an answer',
  'token-never-used': 'no call presented the token',
}

/** The flow ends here, for as long as this sort of successor may take. */
function isEnd(step: Step, stall: Stall, flow: Flow): boolean {
  const last = flow.steps.findLast(({ kind }) => kind !== 'preflight' && !asides.has(kind))
  if (last !== step) return false
  if (stall === 'after-authorization') return flow.waited('user')
  return flow.waited(stall === 'token-never-used' ? 'firstUse' : 'backChannel')
}

/** A person who did not finish is no fault of anybody's; nor is who looks around at a server that others reached. */
function isNoFault(stall: Stall, flow: Flow): boolean {
  return stall === 'after-authorization' || (stall !== 'token-never-used' && flow.around.reached)
}
