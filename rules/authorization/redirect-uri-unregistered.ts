import {
  type Authorize,
  type Flow,
  blind,
  defineRule,
  difference,
  loopbackEqual,
  parameterPlace,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/redirect-uri-unregistered',
  title: 'The redirect URI of the client is not registered',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['OAuth 2.1 §2.3', 'RFC 9700 §2.1', 'RFC 7591 §2'],
  revisions: 'all',
  seed: ['R-1'],
  why: 'An authorization server compares redirect URIs character by character. For one it does not know it shows an error page, and the client gets no answer.',
  remedy:
    'Register every redirect URI that you use, character for character, and register again when you change it.',
  explains: ['flow/stalled', 'token/redirect-uri-mismatch'],

  on: 'authorize',

  *check(step, flow) {
    const registration = flow.registrationOf(step.clientId)
    const registered = registration?.redirectUris
    if (step.opaque) return blind('the authorization request')
    if (registration === undefined || registered === undefined || registered.length === 0) {
      if (flow.registration === 'dynamic') return blind('the registration')
      return 'silent'
    }
    const asked = step.redirectUri
    if (asked === undefined) return registered.length === 1 ? undefined : 'silent'
    // The port of a loopback redirect URI is free (RFC 8252 §7.3).
    if (registered.some((uri) => uri === asked || loopbackEqual(uri, asked))) return
    const closest = registered.find((uri) => difference(uri, asked) !== 'host') ?? registered[0]!
    const refused = refusedBy(step, flow)
    yield {
      variant: difference(closest, asked) ?? 'other',
      severity: refused ? 'error' : 'warning',
      message: `the client sends the redirect URI ${quoted(asked)} and registered ${quoted(closest)} (they differ in ${difference(closest, asked)})`,
      found: asked,
      expected: closest,
      evidence: [
        parameterPlace(step, 'redirect_uri', flow),
        { step: registration, at: 'response.json/redirect_uris', note: 'what is registered' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'registered, on another loopback port',
        http: `
          \${opening only registration}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A6000%2Fcb

          < HTTP/1.1 200 OK`,
      },
    ],
    bad: [
      {
        name: 'localhost is not 127.0.0.1',
        http: `
          \${opening only registration}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2Flocalhost%3A5000%2Fcb

          < HTTP/1.1 400 Bad Request

          redirect_uri is not registered`,
        expect: { variant: 'host', severity: 'error' },
      },
      {
        name: 'another path',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["https://app.example/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["https://app.example/cb"]}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback

          < HTTP/1.1 400 Bad Request`,
        expect: { variant: 'path', severity: 'error' },
      },
    ],
  },
})

/** The authorization endpoint did not go on: it answered with an error of its own, or nothing ever came back. */
function refusedBy(step: Authorize, flow: Flow): boolean {
  return (
    (step.status !== undefined && step.status >= 400) ||
    (step.answer === undefined && flow.after(step, 'callback').length === 0 && flow.settled)
  )
}
