import { before, defineRule, quoted, resourcesGranted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'audience/resource-param-inconsistent',
  title: 'The client changes `resource` between the legs of one login',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 8707 §2.2', 'MCP 2025-11-25 Resource Parameter Implementation'],
  revisions: 'from 2025-06-18',
  seed: ['A-1', 'A-3'],
  why: 'A grant is good for the resources that it was given for; a token request that names another is refused, or gets a token for the wrong server.',
  remedy:
    'Keep the `resource` of the authorization request with its code verifier, and send the same text in the token request and in every refresh.',
  explains: [
    'audience/as-rejects-resource',
    'audience/aud-mismatch',
    'audience/resource-param-mismatch',
    'authorization/error-response',
    'bearer/fresh-token-rejected',
    'flow/reauth-loop',
    'flow/stalled',
    'refresh/request-widened#resource-changed',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    if (before(flow.revision.client, '2025-06-18') || step.resources.length === 0) return 'silent'
    const granted = resourcesGranted(step, flow)
    if (granted === undefined || granted.resources.length === 0) return 'silent'
    const other = step.resources.find((one) => !granted.resources.includes(one))
    if (other === undefined) return
    const refused = flow.usesOf(step).some(({ kind }) => kind === 'challenge')
    yield {
      variant: step.grantType === 'refresh_token' ? 'refresh-leg' : 'code-leg',
      severity: step.ok && !refused ? 'warning' : 'error',
      message: `the token request names resource=${quoted(other)}, and the grant was asked for with ${granted.resources.map(quoted).join(', ')}`,
      evidence: [
        { step, at: 'request.form.resource' },
        { ...granted.place, note: 'what was asked for before' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the same in both', http: '${opening until token}' }],
    bad: [
      {
        name: 'the endpoint first, its origin then',
        http: `
          \${opening until callback}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_verifier=v1&resource=https%3A%2F%2Fmcp.example

          < HTTP/1.1 400 Bad Request
          < content-type: application/json

          {"error":"invalid_target"}`,
        expect: { variant: 'code-leg', severity: 'error', fault: 'client' },
      },
      {
        name: 'another one in the refresh',
        http: `
          \${opening until mcp}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp%2F

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"access_token":"\${secret at_ 2}","token_type":"Bearer"}`,
        expect: { variant: 'refresh-leg', severity: 'warning' },
      },
    ],
  },
})
