import { defineRule, isAtEase, isByHand, member, objectOf } from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/no-usable-mechanism',
  title: 'The client has no way to get a client id',
  severity: ['error', 'warning', 'info'],
  fault: ['authorization-server', 'client'],
  spec: ['MCP 2025-11-25 Client Registration Approaches', 'RFC 8414 §2', 'RFC 7591 §3'],
  revisions: 'all; from 2025-11-25 Client ID Metadata Documents count as a way',
  seed: [
    {
      item: 'R-3',
      when: (step, flow) => flow.after(step, 'registration').length > 0,
    },
    { item: 'R-4', variants: ['none'] },
  ],
  why: 'The authorization server offers neither Client ID Metadata Documents nor dynamic registration, so a client without a configured client id cannot log in.',
  remedy:
    'Advertise `client_id_metadata_document_supported` or a `registration_endpoint`, or document how users get a client id for their client.',
  explains: [
    'flow/stalled',
    'flow/auth-not-started',
    'registration/rejected',
    'pkce/support-not-advertised',
  ],

  on: 'server-metadata',

  *check(step, flow) {
    const document = objectOf(step.document)
    if (!step.ok || document === undefined) return 'silent'
    const registers = typeof member(document, 'registration_endpoint') === 'string'
    const documents = member(document, 'client_id_metadata_document_supported') === true
    const attempts = flow.after(step, 'registration')
    if (registers) return
    if (
      flow.after(step, 'authorize', 'pushed-request', 'token').length > 0 &&
      attempts.length === 0
    )
      return
    const evidence = [
      { step, at: 'response.json/registration_endpoint' as const, note: 'not offered' },
      {
        step,
        at: 'response.json/client_id_metadata_document_supported' as const,
        note: documents ? 'offered' : 'not offered',
      },
      { step, at: 'response.json/issuer' as const },
      ...attempts.map((attempt) => ({
        step: attempt,
        at: 'request.url' as const,
        note: 'registration was tried here',
      })),
    ]
    if (attempts.some(({ ok }) => ok)) {
      yield {
        variant: 'endpoint-not-advertised',
        severity: 'warning',
        message: `the client registered at ${attempts[0]!.url}, which the metadata of ${step.issuer ?? step.url} does not advertise`,
        remedy:
          'Add `registration_endpoint` to the metadata, so that clients do not have to guess it.',
        evidence,
      }
      return
    }
    if (documents && attempts.length > 0) {
      yield {
        variant: 'cimd-only',
        fault: 'client',
        message: `${step.issuer ?? step.url} takes Client ID Metadata Documents only, and the client tried dynamic registration at ${attempts[0]!.url}`,
        remedy: 'Use a Client ID Metadata Document, or let the user configure a client id.',
        evidence,
      }
      return
    }
    if (documents) return
    // Who only looks, or has a token already, needs no client id.
    if (attempts.length === 0 && (isByHand(step) || isAtEase(flow))) return
    if (attempts.length === 0 && !flow.waited('backChannel')) return 'silent'
    yield {
      variant: 'none',
      severity: flow.around.reached ? 'info' : 'error',
      confidence: attempts.length > 0 ? 'certain' : 'likely',
      message: `${step.issuer ?? step.url} offers neither a registration endpoint nor Client ID Metadata Documents, and the client ${attempts.length > 0 ? `guessed ${attempts[0]!.url} in vain` : 'stopped after reading its metadata'}: it needs a configured client id`,
      evidence,
    }
  },

  examples: {
    good: [
      { name: 'a registration endpoint', http: '${opening only server-metadata registration}' },
    ],
    bad: [
      {
        name: 'neither way, and the client stops',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"}`,
        expect: { variant: 'none', fault: 'authorization-server' },
      },
      {
        name: 'documents alone, and the client knows only how to register',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","client_id_metadata_document_supported":true}

          \${opening only registration unanswered}

          < HTTP/1.1 404 Not Found`,
        expect: { variant: 'cimd-only', fault: 'client' },
      },
    ],
  },
})
