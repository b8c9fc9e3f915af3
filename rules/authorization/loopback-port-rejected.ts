import {
  type Authorize,
  type AuthorizationResponse,
  type Flow,
  blind,
  defineRule,
  loopbackEqual,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/loopback-port-rejected',
  title: 'The authorization server refuses a loopback redirect URI because of its port',
  severity: ['error'],
  fault: ['authorization-server', 'client'],
  spec: ['RFC 8252 §7.3', 'OAuth 2.1 §8.4.2', 'RFC 9700 §2.1'],
  revisions: 'all',
  seed: [{ item: 'A-5', faults: ['authorization-server'] }],
  threads: [
    'https://github.com/getsentry/sentry-mcp/issues/1190',
    'https://github.com/github/copilot-cli/issues/1951',
  ],
  why: 'A native client listens on whatever port is free, so it cannot register that port beforehand.',
  remedy: 'Ignore the port when matching the loopback redirect URIs of native clients.',
  explains: ['flow/stalled'],

  on: 'authorize',

  *check(step, flow) {
    const registered = sibling(step, flow)
    if (registered === undefined)
      return step.redirectUri === undefined || flow.registrationOf(step.clientId) === undefined
        ? 'silent'
        : undefined
    if (step.exchange.handedOver === true)
      return flow.after(step, 'callback').length > 0
        ? undefined
        : blind('the authorization response')
    const refused = refusal(step, step.answer ?? flow.after(step, 'callback')[0])
    if (refused === undefined) return
    yield {
      message: `the server refuses ${quoted(step.redirectUri)} although ${quoted(registered)} is registered and only the port differs (${refused})`,
      evidence: [
        { step, at: 'request.query.redirect_uri' },
        {
          step: flow.registrationOf(step.clientId)!,
          at: 'response.json/redirect_uris',
          note: 'equal but for the port',
        },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'another port, and the login page comes',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A6000%2Fcb

          < HTTP/1.1 200 OK

          <h1>Log in</h1>`,
      },
    ],
    bad: [
      {
        name: 'another port, and an error page',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"]}

          > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A6000%2Fcb

          < HTTP/1.1 400 Bad Request

          redirect_uri did not match any registered redirect URI`,
        expect: { fault: 'authorization-server' },
      },
    ],
  },
})

const aboutRedirect = [
  'redirect_uri',
  'redirect uri',
  'redirect url',
  'callback url',
  'invalid_redirect',
]

/** The server refused, and says that it is about the redirect URI. */
function refusal(step: Authorize, answer: AuthorizationResponse | undefined): string | undefined {
  const page = step.pageText.toLowerCase()
  if (step.status !== undefined && step.status >= 400)
    return aboutRedirect.find((words) => page.includes(words)) ?? String(step.status)
  if (aboutRedirect.some((words) => page.includes(words))) return 'an error page'
  const error = `${answer?.error?.error ?? ''} ${answer?.error?.description ?? ''}`.toLowerCase()
  return aboutRedirect.some((words) => error.includes(words)) ? error.trim() : undefined
}

/** The registered redirect URI that equals the asked one but for the port. */
function sibling(step: Authorize, flow: Flow): string | undefined {
  const asked = step.redirectUri
  const registered = flow.registrationOf(step.clientId)?.redirectUris ?? []
  if (asked === undefined || registered.includes(asked)) return undefined
  return registered.find((uri) => loopbackEqual(uri, asked))
}
