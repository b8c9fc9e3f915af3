import {
  type Authorize,
  type Flow,
  type Pointer,
  type Step,
  blind,
  clientDocument,
  defineRule,
  isDocumentId,
  loopbackEqual,
  parameterPlace,
  quoted,
  refusalOf,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/loopback-port-rejected',
  title: 'The authorization server refuses a loopback redirect URI because of its port',
  severity: ['error'],
  fault: ['authorization-server'],
  spec: ['RFC 8252 §7.3', 'OAuth 2.1 §8.4.2', 'RFC 9700 §2.1'],
  revisions: 'all',
  seed: ['A-5'],
  threads: [
    'https://github.com/getsentry/sentry-mcp/issues/1190',
    'https://github.com/github/copilot-cli/issues/1951',
  ],
  why: 'A native client listens on whatever port is free, so it cannot register that port beforehand.',
  remedy: 'Ignore the port when matching the loopback redirect URIs of native clients.',
  explains: ['flow/stalled'],

  on: 'authorize',

  *check(step, flow) {
    const known = registeredUris(step, flow)
    const asked = step.redirectUri
    if (known === undefined || asked === undefined) return 'silent'
    // The registered redirect URI that equals the asked one but for the port.
    const registered = known.uris.find((uri) => loopbackEqual(uri, asked))
    if (registered === undefined || known.uris.includes(asked)) return
    if (step.exchange.handedOver === true)
      return flow.after(step, 'callback').length > 0
        ? undefined
        : blind('the authorization response')
    const refused = objectionTo(step, flow)
    if (refused === undefined) return
    yield {
      confidence: refused.isSaid ? 'certain' : 'likely',
      message: `the server refuses ${quoted(asked)} although ${quoted(registered)} is registered and only the port differs (${refused.text})`,
      found: `redirect_uri refused for its port (${asked})`,
      evidence: [
        parameterPlace(step, 'redirect_uri', flow),
        { step: known.step, at: 'response.json/redirect_uris', note: 'equal but for the port' },
        { step: refused.step, at: refused.at, note: 'the refusal' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'another port, and the login page comes',
        http: `
          \${opening only registration}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A6000%2Fcb

          < HTTP/1.1 200 OK

          <h1>Log in</h1>`,
      },
    ],
    bad: [
      {
        name: 'another port, and an error page',
        http: `
          \${opening only registration}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A6000%2Fcb

          < HTTP/1.1 400 Bad Request

          redirect_uri did not match any registered redirect URI`,
        expect: { fault: 'authorization-server' },
      },
    ],
  },
})

/** The server refused for the redirect URI: as it says, or by a status of the client's doing that says nothing else. */
function objectionTo(
  step: Authorize,
  flow: Flow,
): (Pointer & { text: string; isSaid: boolean }) | undefined {
  const refused = refusalOf(step, flow)
  const words = refused?.says.find(({ meaning }) => meaning === 'redirect-uri')
  if (refused !== undefined && words !== undefined)
    return { step: refused.step, at: words.at, text: quoted(words.words), isSaid: true }
  const { status = 0 } = step
  const isMute = refused === undefined || (refused.error === undefined && refused.says.length === 0)
  return (status === 400 || status === 403) && isMute
    ? { step, at: 'response.status', text: `it answers ${status}`, isSaid: false }
    : undefined
}

/** The redirect URIs that the client registered, or lists in its document. */
function registeredUris(
  { clientId }: Authorize,
  flow: Flow,
): { step: Step; uris: readonly string[] } | undefined {
  const registration = flow.registrationOf(clientId)
  if (registration !== undefined)
    return { step: registration, uris: registration.redirectUris ?? [] }
  const document = isDocumentId(clientId) ? clientDocument(clientId, flow) : undefined
  const uris = document && stringsMember(document.content, 'redirect_uris')
  return document === undefined || uris === undefined ? undefined : { step: document.step, uris }
}
