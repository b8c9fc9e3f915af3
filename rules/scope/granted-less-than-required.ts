import {
  type Challenge,
  type Flow,
  type TokenCall,
  claimedScopes,
  defineRule,
  grantedScopes,
  holdsScope,
  isOfLogin,
  lacksScope,
  parameterPlace,
  quoted,
  scopesOf,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/granted-less-than-required',
  title: 'The authorization server grants less than was asked for and is needed',
  severity: ['warning', 'error'],
  fault: ['authorization-server'],
  spec: ['RFC 6749 §3.3', 'RFC 6749 §5.1'],
  revisions: 'all',
  seed: ['A-5'],
  why: 'The MCP server refuses the call for want of a scope that the client did ask for; to log in again changes nothing.',
  remedy:
    'Grant these scopes to this client and this user, and return `scope` whenever it differs from what was asked for.',
  explains: [
    'bearer/fresh-token-rejected',
    'scope/step-up-loop',
    'scope/step-up-mishandled',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'token',

  *check(step, flow) {
    if (!step.ok || step.grantType === 'refresh_token') return 'silent'
    const request = flow.authorizationOf(step)?.step
    const asked = scopesOf(step.scope ?? request?.scope)
    const granted = grantedScopes(step, flow)
    if (asked.length === 0 || granted === undefined) return 'silent'
    const lacking = asked.filter((scope) => !isOfLogin(scope) && !holdsScope(granted, scope))
    if (lacking.length === 0) return
    const refused = flow
      .usesOf(step)
      .find((call) => call.kind === 'challenge' && lacksScope(call) && names(call, lacking))
    const silent = isSilent(step, lacking)
    // To grant less, and to say so, is the server's right (RFC 6749 §3.3): only what is needed is missed.
    if (refused === undefined && !silent) return
    yield {
      variant: silent ? 'silent' : 'narrowed',
      severity: refused && !isMended(step, flow) ? 'error' : 'warning',
      message:
        `the client asked for scope ${quoted(asked.join(' '))} and got ${quoted(granted.join(' '))}` +
        (silent ? ', which the token response does not say' : '') +
        (refused
          ? `; the MCP server wants ${quoted(refused.kind === 'challenge' ? refused.scope : '')}`
          : ''),
      evidence: [
        {
          ...parameterPlace(step.scope === undefined ? (request ?? step) : step, 'scope', flow),
          note: 'asked for',
        },
        { step, at: 'response.json/scope', note: silent ? 'must say what was granted' : 'granted' },
        silent && { step, at: 'response.jwt.scope', note: 'what the token carries' },
        refused && {
          step: refused,
          at: 'response.header.www-authenticate',
          note: 'what came of it',
        },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'less is granted, and it is enough',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&scope=read+write

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","scope":"read write"}`,
      },
    ],
    bad: [
      {
        name: 'the scope that was left out is the one that is needed',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&scope=read+write

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer","scope":"read"}

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"write"}}

          < HTTP/1.1 403 Forbidden
          < www-authenticate: Bearer error="insufficient_scope", scope="write"`,
        expect: { variant: 'narrowed', severity: 'error' },
      },
      {
        name: 'the token carries less, and nobody says so',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&scope=read+write

          < HTTP/1.1 200 OK

          {"access_token":"\${jwt {"scope":"read"}}","token_type":"Bearer"}`,
        expect: { variant: 'silent', severity: 'warning' },
      },
    ],
  },
})

function names({ scope }: Challenge, lacking: readonly string[]): boolean {
  return scopesOf(scope).some((one) => lacking.includes(one))
}

/** The response leaves `scope` out, which says that all was granted, and the token carries less (RFC 6749 §5.1). */
function isSilent(step: TokenCall, lacking: readonly string[]): boolean {
  const claimed = claimedScopes(step.accessToken)
  return step.issuedScope === undefined && claimed !== undefined && lacking.length > 0
}

/** A later token did. */
function isMended(step: TokenCall, flow: Flow): boolean {
  return flow
    .after(step, 'token')
    .some((later) => later.ok && flow.usesOf(later).some((call) => call.kind === 'mcp' && call.ok))
}
