import {
  type Flow,
  type ServerMetadata,
  atLeast,
  defineRule,
  isOfCheck,
  member,
  objectOf,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/support-not-advertised',
  title: 'The authorization server does not advertise PKCE with S256',
  severity: ['error', 'warning'],
  fault: ['authorization-server'],
  spec: ['MCP 2025-11-25 Authorization Code Protection', 'RFC 8414 §2', 'RFC 9700 §2.1.1'],
  revisions: 'from 2025-11-25 clients must refuse; before, a warning',
  seed: [{ item: 'D-2', severity: 'error' }],
  threads: ['https://github.com/anthropics/claude-ai-mcp/issues/786'],
  why: 'From 2025-11-25 a client must refuse an authorization server whose metadata does not list S256, and may stop without saying why.',
  remedy:
    'Publish `"code_challenge_methods_supported": ["S256"]` in every metadata document you serve.',
  explains: ['flow/stalled', 'flow/auth-not-started'],

  on: 'server-metadata',

  *check(step, flow) {
    const document = objectOf(step.document)
    if (!step.ok || document === undefined) return 'silent'
    const grants = member(document, 'grant_types_supported')
    if (Array.isArray(grants) && !grants.includes('authorization_code')) return 'silent'
    const methods = member(document, 'code_challenge_methods_supported')
    if (Array.isArray(methods) && methods.includes('S256')) return
    const then = aftermath(step, flow)
    // A document that the client read and then left for another one is not what it went by.
    if (then === undefined && flow.after(step, 'server-metadata').some(({ ok }) => ok))
      return 'silent'
    // Nobody was stopped: clients in the field go on when the list is absent.
    const harmed =
      then !== 'client-proceeded' && atLeast(flow.revision.authorizationServer, '2025-11-25')
    yield {
      variant: methods === undefined ? 'absent' : 'no-s256',
      severity: harmed ? 'error' : 'warning',
      confidence: then === 'client-stopped' ? 'likely' : 'certain',
      message:
        (methods === undefined
          ? `the metadata of ${step.issuer ?? step.url} has no code_challenge_methods_supported`
          : `the metadata of ${step.issuer ?? step.url} lists ${quoted(methods)} as code challenge methods, without S256`) +
        (then === 'client-stopped' ? ', and the client stopped right after reading it' : '') +
        (then === 'client-proceeded' ? '; this client goes on, a strict one does not' : ''),
      evidence: [
        {
          step,
          at: 'response.json/code_challenge_methods_supported',
          note: 'must list S256; its absence does not prove that PKCE is unsupported',
        },
        { step, at: 'response.json/issuer' },
      ],
    }
  },

  examples: {
    good: [{ name: 'S256 is listed', http: '${opening only server-metadata}' }],
    bad: [
      {
        name: 'the list is absent, and the client of 2025-11-25 stops',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server
          > mcp-protocol-version: 2025-11-25

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token"}`,
        expect: { variant: 'absent', severity: 'error' },
      },
      {
        name: 'the list has plain alone',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server
          > mcp-protocol-version: 2025-06-18

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"issuer":"https://as.example","token_endpoint":"https://as.example/token","code_challenge_methods_supported":["plain"]}`,
        expect: { variant: 'no-s256', severity: 'warning' },
      },
    ],
  },
})

/** What the client did with it: it went on, or it stopped right here. */
function aftermath(
  step: ServerMetadata,
  flow: Flow,
): 'client-proceeded' | 'client-stopped' | undefined {
  const next = flow.after(step, 'registration', 'pushed-request', 'authorize', 'token')
  if (next.some(({ kind }) => kind !== 'registration')) return 'client-proceeded'
  // `authtap check` stops there in any case.
  const isStop = next.length === 0 && flow.waited('backChannel') && !isOfCheck(step)
  return isStop ? 'client-stopped' : undefined
}
