import {
  type Authorize,
  type Draft,
  type Flow,
  type StepOf,
  clientDocument,
  clientIdUrlFlaw,
  defineRule,
  documentFlaws,
  isUpstreamHop,
  loopbackEqual,
  parameterPlace,
  quoted,
  refusedAsUnknown,
  stringsMember,
  takesClientDocuments,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/cimd-invalid',
  title: 'A client metadata document, or the URL that names it, breaks the rules',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['CIMD §3', 'CIMD §4', 'MCP 2025-11-25 Client ID Metadata Documents'],
  revisions: 'from 2025-11-25',
  why: 'The authorization server reads the document before it shows a login page, compares it with the request as plain strings, and refuses the client if anything differs.',
  remedy:
    'Serve a JSON document at the very URL of the client id, with the same `client_id`, a `client_name`, all redirect URIs, and "none" or private_key_jwt.',
  explains: [
    'authorization/error-response',
    'registration/method-not-negotiated',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['authorize', 'client-metadata'],

  *check(step, flow) {
    if (step.kind === 'client-metadata') return yield* documentSeen(step, flow)
    return yield* requestSeen(step, flow)
  },

  examples: {
    good: [
      {
        name: 'a document that is all it has to be, on another loopback port',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example%3A8443%2Fclient.json&redirect_uri=http%3A%2F%2F127.0.0.1%3A6000%2Fcb&state=s1

          < HTTP/1.1 200 OK

          > GET https://app.example:8443/client.json

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"client_id":"https://app.example:8443/client.json","client_name":"app","redirect_uris":["http://127.0.0.1/cb"],"token_endpoint_auth_method":"none"}`,
      },
    ],
    bad: [
      {
        name: 'the document names itself with a slash at the end',
        http: `
          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example%2Fclient&state=s1

          < HTTP/1.1 400 Bad Request

          > GET https://app.example/client

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"client_id":"https://app.example/client/","client_name":"app","redirect_uris":["http://127.0.0.1/cb"]}`,
        expect: { variant: 'client-id-differs', severity: 'error' },
      },
      {
        name: 'a client id without a path, refused',
        http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"client_id_metadata_document_supported":true}

          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example&state=s1

          < HTTP/1.1 400 Bad Request
          < content-type: text/html

          <h1>Invalid client</h1>`,
        expect: { variant: 'bad-url', severity: 'error' },
      },
    ],
  },
})

/** The URL that the client goes by, and whether its document lists the redirect URI it asks for. */
function* requestSeen(step: Authorize, flow: Flow): Generator<Draft, 'silent' | void> {
  const { clientId } = step
  if (clientId === undefined || isUpstreamHop(step, flow)) return 'silent'
  if (flow.registrationOf(clientId) !== undefined) return 'silent'
  const flaw = clientIdUrlFlaw(clientId)
  // An id that was agreed on by people may look like a URL; only to a server that takes documents is it one.
  if (flaw !== undefined && takesClientDocuments(flow.serverMetadataOf(step))) {
    yield {
      variant: 'bad-url',
      severity: isRefused(step, flow) && !flaw.isAdvice ? 'error' : 'warning',
      message: `the client id ${quoted(clientId)} ${flaw.text}`,
      remedy:
        'Use an https URL with a path, and without fragment, user name, dot segments or query.',
      evidence: [{ ...parameterPlace(step, 'client_id', flow), note: 'names a document' }],
    }
    return
  }
  const document = clientDocument(clientId, flow)
  const listed = document && stringsMember(document.content, 'redirect_uris')
  const asked = step.redirectUri
  if (document === undefined || listed === undefined || asked === undefined)
    return clientId.startsWith('https://') ? undefined : 'silent'
  // The port of a loopback redirect URI is free (RFC 8252 §7.3).
  if (listed.some((uri) => uri === asked || loopbackEqual(uri, asked))) return
  yield {
    variant: 'redirect-not-listed',
    severity: isRefused(step, flow) ? 'error' : 'warning',
    message: `the client asks to be answered at ${quoted(asked)}, and its document lists ${listed.map(quoted).join(', ')}`,
    remedy: `Add ${quoted(asked)} to \`redirect_uris\` of the document.`,
    evidence: [
      { ...parameterPlace(step, 'redirect_uri', flow), note: 'what it asks for' },
      { step: document.step, at: 'response.json/redirect_uris', note: 'what the document lists' },
    ],
  }
}

/** The document itself, where its fetch was seen. */
function* documentSeen(
  step: StepOf<'client-metadata'>,
  flow: Flow,
): Generator<Draft, 'silent' | void> {
  if (step.status === undefined) return 'silent'
  // What failed and was read at another try hinders nobody.
  if (
    step.status !== 200 &&
    flow.after(step, 'client-metadata').some((one) => one.url === step.url && one.status === 200)
  )
    return
  const request = flow.of('authorize').findLast(({ clientId }) => clientId === step.url)
  const refused = request !== undefined && isRefused(request, flow)
  for (const { variant, text, at, note, isAdvice } of documentFlaws(step))
    yield {
      variant,
      severity: refused && !isAdvice ? 'error' : 'warning',
      message: `the client metadata document ${quoted(step.url)} ${text}`,
      evidence: [
        { step, at, ...(note === undefined ? {} : { note }) },
        refused && { step: request, at: 'response.status', note: 'what came of it' },
      ],
    }
}

/** The login did not go on from there. */
function isRefused(step: Authorize, flow: Flow): boolean {
  if (flow.after(step, 'token').some(({ ok }) => ok)) return false
  return refusedAsUnknown(step, flow) !== undefined
}
