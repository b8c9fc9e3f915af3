import {
  type Pointer,
  type Step,
  blockedBy,
  bodyText,
  defineRule,
  header,
  quoted,
  shortened,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/request-blocked',
  title: 'A CDN or firewall blocks the request before it reaches the server',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9110 §15.5.4', 'RFC 9110 §11.6.1'],
  revisions: 'all',
  seed: ['D-3', { item: 'D-1', severity: 'error', when: ({ kind }) => kind === 'server-metadata' }],
  threads: [
    'https://github.com/anthropics/claude-ai-mcp/issues/75',
    'https://github.com/twentyhq/twenty/issues/20296',
  ],
  why: 'The server never gets the request, so the fault is neither the token, nor the client, nor the login: a filter refused the request.',
  remedy:
    'Allow the user agent or the path of the client in the firewall or bot settings (Cloudflare: "Block AI bots", rate rules).',
  explains: [
    'bearer/fresh-token-rejected',
    'challenge/wrong-status',
    'discovery/asm-missing',
    'discovery/prm-missing',
    'flow/auth-not-started',
    'flow/reauth-loop',
    'flow/stalled',
    'registration/rejected',
    'token/error-response',
  ],

  on: [
    'mcp',
    'challenge',
    'resource-metadata',
    'server-metadata',
    'registration',
    'pushed-request',
    'token',
  ],

  *check(step, flow) {
    const { response, request } = step.exchange
    if (response === undefined) return 'silent'
    if (!statuses.has(response.status)) return
    if (header(response.headers, 'www-authenticate') !== undefined) return
    const block = blockedBy(step, flow)
    if (block === undefined) return
    const { edge, passed } = block

    const differs = change(step, passed)
    const again = flow
      .after(step, step.kind === 'challenge' ? 'mcp' : step.kind)
      .some(({ ok, exchange }) => ok && exchange.request.method === request.method)
    const said = shortened(bodyText(response).slice(0, 2000).trim(), 100)
    yield {
      severity: again ? 'warning' : 'error',
      confidence: block.certain ? 'certain' : 'likely',
      message:
        `${edge.name} (${edge.trace}) answers ${request.method} ${step.url} with ${response.status}` +
        (said === '' ? ' and nothing else' : ` ${quoted(said)}`) +
        (differs === undefined ? '' : `; ${differs.note}`),
      found: `${response.status} of ${edge.name}${said === '' ? '' : ` (${quoted(said)})`}`,
      evidence: [
        { step, at: 'response.status', note: 'not an answer of the server' },
        {
          step,
          at: said === '' ? `response.header.${edge.trace.split(':', 1)[0]}` : 'response.body',
        },
        differs,
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'the application refuses in its own words, behind the same edge',
        http: `
          \${opening only challenge unanswered}

          < HTTP/1.1 403 Forbidden
          < server: cloudflare
          < cf-ray: 1
          < content-type: application/json

          {"error":"insufficient_scope"}`,
      },
    ],
    bad: [
      {
        name: 'just the request with the token is blocked',
        http: `
          > POST https://mcp.example/mcp
          > user-agent: app/1

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < server: cloudflare
          < x-powered-by: Express

          > POST https://mcp.example/mcp
          > user-agent: app-cloud/1
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 403 Forbidden
          < server: cloudflare
          < cf-ray: 1
          < content-type: text/plain

          Your request was blocked.`,
        expect: { fault: 'intermediary', severity: 'error' },
      },
    ],
  },
})

const statuses = new Set([403, 406, 429, 503])

/** What is new about the blocked request, beside one that passed. */
function change(step: Step, before: Step | undefined): Pointer | undefined {
  if (before === undefined) return undefined
  const [now, then] = [step.exchange.request, before.exchange.request]
  const value = (name: string) => header(now.headers, name)
  const valueThen = (name: string) => header(then.headers, name)
  if (value('user-agent') !== valueThen('user-agent')) {
    const note = `with user agent ${quoted(valueThen('user-agent'))} a request passed`
    return { step, at: 'request.header.user-agent', note }
  }
  if (value('authorization') !== undefined && valueThen('authorization') === undefined)
    return { step, at: 'request.header.authorization', note: 'without a token a request passed' }
  return now.method === then.method
    ? undefined
    : { step, at: 'request.method', note: `${then.method} passed` }
}
