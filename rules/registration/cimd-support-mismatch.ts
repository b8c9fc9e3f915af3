import {
  defineRule,
  isDocumentId,
  isUpstreamHop,
  parameterPlace,
  quoted,
  refusedAsUnknown,
  takesClientDocuments,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/cimd-support-mismatch',
  title: 'A client metadata document is used at a server that does not say it takes such documents',
  severity: ['error', 'info'],
  fault: ['client', 'authorization-server'],
  spec: ['MCP 2025-11-25 Client ID Metadata Documents', 'CIMD §5'],
  revisions: 'from 2025-11-25',
  why: 'A server that does not take documents knows no client of that name, and one that does but does not say so is passed over by careful clients.',
  remedy:
    'Use a client metadata document only where `client_id_metadata_document_supported` is true; register, or ask for a client id, elsewhere.',
  explains: [
    'registration/client-unknown-to-as',
    'authorization/error-response',
    'token/error-response',
    'token/client-auth-mismatch',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['authorize', 'pushed-request'],

  *check(step, flow) {
    if (!isDocumentId(step.clientId) || isUpstreamHop(step, flow)) return 'silent'
    if (flow.registrationOf(step.clientId) !== undefined) return 'silent'
    const metadata = step.kind === 'authorize' ? flow.serverMetadataOf(step) : flow.serverMetadata
    if (metadata === undefined) return 'silent'
    if (takesClientDocuments(metadata)) return
    const evidence = [
      { ...parameterPlace(step, 'client_id', flow), note: 'a URL' },
      {
        step: metadata,
        at: 'response.json/client_id_metadata_document_supported' as const,
        note: 'does not say true',
      },
    ]
    const fetched = flow.of('client-metadata').find(({ url }) => url === step.clientId)
    const served = flow.after(step, 'token').some(({ ok }) => ok)
    if (served || fetched !== undefined) {
      // An id may look like a URL and have been agreed on by people.
      if (fetched === undefined) return
      yield {
        variant: 'not-advertised',
        fault: 'authorization-server',
        severity: 'info',
        message: `${metadata.issuer ?? metadata.url} reads the client metadata document ${quoted(step.clientId)}, and its metadata does not say that it takes them`,
        remedy: 'Set `client_id_metadata_document_supported` to true in the metadata.',
        evidence: [...evidence, { step: fetched, at: 'request.url', note: 'it was read here' }],
      }
      return
    }
    const refusal = refusedAsUnknown(step, flow)
    if (refusal === undefined) return
    yield {
      variant: 'used-without-support',
      severity: 'error',
      message: `the client calls itself ${quoted(step.clientId)}, and ${metadata.issuer ?? metadata.url} does not say that it takes client metadata documents; it refuses`,
      evidence: [...evidence, { step: refusal.step, at: refusal.at, note: 'the refusal' }],
    }
  },

  examples: {
    good: [
      {
        name: 'the server says that it takes documents',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"client_id_metadata_document_supported":true}

          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example%2Fclient.json&state=s1

          < HTTP/1.1 200 OK`,
      },
      {
        name: 'an id that looks like a URL, and works',
        http: `
          \${opening only server-metadata}

          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example%2Fclient.json&state=s1

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'the server takes none, and knows no such client',
        http: `
          \${opening only server-metadata}

          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example%2Fclient.json&state=s1

          < HTTP/1.1 400 Bad Request
          < content-type: text/html

          <h1>Unknown client</h1>`,
        expect: { variant: 'used-without-support', severity: 'error', fault: 'client' },
      },
    ],
  },
})
