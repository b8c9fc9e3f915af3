import {
  type Challenge,
  type Draft,
  type Finding,
  type Flow,
  type Pointer,
  defineRule,
  isByHand,
  undetermined,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'flow/auth-not-started',
  title: 'The client does not begin the login that the server asks for',
  severity: ['error', 'info'],
  fault: ['client', 'resource-server', 'intermediary', 'undetermined'],
  spec: ['MCP 2025-11-25 Authorization Flow Steps', 'RFC 6750 §3'],
  revisions: 'all',
  reads: ['authorization'],
  why: 'The user sees no login page, only "not connected" or nothing at all.',
  remedy:
    'Turn on OAuth in the client, or press its login button. A client without OAuth needs a token in its configuration.',
  aggregates: true,

  on: 'challenge',

  *check(step, flow) {
    if (step.status !== 401 || flow.of('challenge')[0] !== step) return 'silent'
    if (flow.of(...activity).length > 0) return
    // Where authtap tries the server by itself, no client is there.
    if (flow.trials.of('mcp', 'challenge').length > 0) return 'silent'
    // The same program got through otherwise: this was a look, or the start that its next attempt repeated.
    if (flow.around.byProgram || flow.follows !== undefined) return
    if (!flow.mcpCalls.some(({ method }) => method === 'POST')) return 'silent'
    // A configured credential is no OAuth; whether it is right is another matter.
    if (flow.mcpCalls.some(({ authorization }) => authorization.length > 0)) return 'silent'
    const usable = step.challenges.lenient.some(({ scheme }) => /^bearer$/i.test(scheme))
    const blocking = flow.causesOf(this).filter(({ severity }) => severity !== 'info')
    if (!usable && blocking.length === 0) return 'silent'
    if (flow.mcpCalls.some((call) => call.kind === 'mcp' && call.ok && call.order > step.order))
      return 'silent'
    // A browser was told not to ask.
    if (flow.after(step, 'preflight').some(({ ok }) => !ok)) return 'silent'
    if (!flow.waited('backChannel') && !keptTrying(step, flow, 'backChannel')) return 'silent'
    const { variant, text, evidence } = reaction(step, flow)
    yield {
      variant,
      ...blame(blocking),
      severity: severityOf(step, flow),
      confidence: 'likely',
      message:
        `the server at ${step.target} asked for authorization and the client requested no metadata, registration or token; ${text}` +
        (blocking.length > 0
          ? ` (see ${[...new Set(blocking.map(({ rule }) => rule))].join(', ')})`
          : ''),
      evidence: [
        { step, at: 'response.status' },
        {
          step,
          at: 'response.header.www-authenticate[0]',
          note: 'the challenge that the client was given',
        },
        ...evidence,
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the client reads the metadata',
        http: `
          \${opening until resource-metadata unanswered}

          < HTTP/1.1 404 Not Found`,
      },
      {
        name: 'a token request without discovery is activity too',
        http: `
          \${opening only challenge refresh unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'nothing more comes',
        http: '${opening only challenge}',
        expect: { variant: 'idle', severity: 'error' },
      },
      {
        name: 'a client that asks anew every ten seconds, each time on a new connection',
        http: [0, 10, 20]
          .map((s) => `# at 12:00:${10 + s} connection=k${s}\n\${opening only challenge}`)
          .join('\n'),
        expect: { variant: 'unauthenticated-retry', severity: 'error' },
      },
      {
        name: 'the older transport is tried',
        http: `
          \${opening only challenge}

          > GET https://mcp.example/mcp
          > accept: text/event-stream

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
        expect: { variant: 'sse-fallback' },
      },
    ],
  },
})

const activity = [
  'resource-metadata',
  'server-metadata',
  'registration',
  'pushed-request',
  'device-authorization',
  'authorize',
  'token',
] as const

interface Reaction {
  readonly variant: string
  readonly text: string
  readonly evidence: readonly Pointer[]
}

/** What the client did instead of logging in. */
function reaction(step: Challenge, flow: Flow): Reaction {
  const later = flow.mcpCalls.filter((call) => call.order > step.order)
  const stream = later.find((call) => call.method === 'GET')
  if (stream !== undefined)
    return {
      variant: 'sse-fallback',
      text: 'it tried the older event-stream transport instead',
      evidence: [{ step: stream, at: 'request.method' }],
    }
  const newest = later.at(-1)
  if (newest !== undefined)
    return {
      variant: 'unauthenticated-retry',
      text: 'it repeated the request without a token',
      evidence: [{ step: newest, at: 'response.status', note: 'the newest of its tries' }],
    }
  return { variant: 'idle', text: 'nothing more came from it', evidence: [] }
}

/** Who looks at the server by hand, or at one that somebody else reached, need not be logging in. */
function severityOf(step: Challenge, flow: Flow): 'error' | 'warning' | 'info' {
  if (isByHand(step) || flow.around.reached) return 'info'
  // A person may still have to press a button, for as long as the session goes on.
  if (!flow.settled && !keptTrying(step, flow, 'user')) return 'info'
  return 'error'
}

/** It came again so long after that whatever it, or its user, was going to do about the challenge would have begun. */
function keptTrying(step: Challenge, flow: Flow, timer: keyof Flow['timers']): boolean {
  const answered = step.exchange.endedAt ?? step.exchange.startedAt
  return flow.lastActivity - answered >= flow.timers[timer]
}

/** A client that was kept from starting is not to blame; one that may have been is not for certain. */
function blame(blocking: readonly Finding[]): Pick<Draft, 'fault' | 'candidates'> {
  const [first] = blocking
  if (first === undefined) return { fault: 'client' }
  const cause = blocking.find(({ severity }) => severity === 'error')
  if (cause?.fault === 'resource-server' || cause?.fault === 'intermediary')
    return { fault: cause.fault }
  return undetermined({
    'resource-server': `its challenge is not what it should be (${first.rule})`,
    client: 'it could have gone on nevertheless',
  })
}
