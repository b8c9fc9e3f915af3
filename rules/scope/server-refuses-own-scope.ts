import {
  askedScopes,
  defineRule,
  listedScopes,
  objectOf,
  quoted,
  refusedScopes,
  said,
  scopesOf,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'scope/server-refuses-own-scope',
  title: 'The authorization server refuses a scope that it lists itself',
  severity: ['error'],
  fault: ['authorization-server'],
  spec: ['RFC 8414 §2', 'RFC 6749 §3.3', 'RFC 7591 §2'],
  revisions: 'all',
  seed: ['A-5'],
  why: 'Clients ask for what the metadata lists, and one scope that is refused ends the login.',
  remedy:
    'List in `scopes_supported` only scopes that MCP clients are granted, and leave out of a grant what you do not give rather than refuse it.',
  explains: [
    'scope/rejected-by-as',
    'registration/rejected',
    'authorization/error-response',
    'token/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['registration', 'authorize', 'pushed-request', 'token'],

  *check(step, flow) {
    const metadata = flow.serverMetadata
    const catalogue = listedScopes(metadata)
    if (metadata === undefined || catalogue === undefined) return 'silent'
    const refused = refusedScopes(step, flow)
    if (refused === undefined) return askedScopes(step, flow).length > 0 ? undefined : 'silent'
    const { blamed, request, refusal } = refused
    if (!blamed.every((scope) => catalogue.includes(scope))) return
    // What a client did not register for it may not ask for, whatever the server has.
    const registration =
      step.kind === 'registration' ? undefined : flow.registrationOf(step.clientId)
    const registered = registration && stringMember(objectOf(registration.received), 'scope')
    if (registered !== undefined && !blamed.every((scope) => scopesOf(registered).includes(scope)))
      return
    const consent = said(refusal.step, 'consent') !== undefined || refusal.text.includes('prompt')
    yield {
      variant: consent ? 'consent' : undefined,
      message:
        `${metadata.issuer ?? metadata.url} lists scope ${blamed.map(quoted).join(', ')} and refuses it` +
        (refusal.text === '' ? '' : `, saying ${quoted(refusal.text)}`),
      remedy: consent
        ? 'Grant the scope without a consent screen, or leave it out of `scopes_supported`; a client gets it meanwhile with prompt=consent in the authorization request.'
        : undefined,
      evidence: [
        { step: refusal.step, at: refusal.at, note: 'the refusal' },
        refusal.saidAt && { step: refusal.step, at: refusal.saidAt },
        { ...request, note: 'what was asked for' },
        { step: metadata, at: 'response.json/scopes_supported', note: 'what it lists' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a scope that is not listed is refused',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"scopes_supported":["mcp"]}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_id=app&scope=mcp+roles

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_scope"}`,
      },
    ],
    bad: [
      {
        name: 'a scope that is listed is refused',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"scopes_supported":["mcp","offline_access"]}

          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s&scope=mcp%20offline_access

          # handed-over
          > GET http://127.0.0.1:1/cb?error=invalid_scope&error_description=offline_access+needs+consent&state=s`,
        expect: { variant: 'consent', severity: 'error', fault: 'authorization-server' },
      },
    ],
  },
})
