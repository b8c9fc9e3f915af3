import {
  type Authorize,
  type Flow,
  type PushedRequest,
  type Registration,
  blind,
  defineRule,
  isUpstreamHop,
  objectOf,
  parameterPlace,
  quoted,
  stringsMember,
  unsafeRedirectUri,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/redirect-uri-unsafe',
  title: 'A redirect URI that the specification forbids is registered or used',
  severity: ['warning', 'error', 'info'],
  fault: ['client'],
  spec: ['MCP 2025-11-25 Communication Security', 'OAuth 2.1 §2.3', 'RFC 6749 §3.1.2'],
  revisions: 'all',
  seed: [{ item: 'R-1', when: ({ kind }) => kind === 'registration' }],
  why: 'The code is sent to this URI: over plain http, or to an address that several may claim, somebody else can read it, so servers refuse such URIs.',
  remedy: 'Use an https redirect URI, or an http one on 127.0.0.1 or [::1].',
  explains: [
    'registration/rejected',
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: ['registration', 'authorize', 'pushed-request'],

  *check(step, flow) {
    if (step.kind !== 'registration' && isUpstreamHop(step, flow)) return 'silent'
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')
    const uris = urisOf(step, flow)
    if (uris.length === 0) return 'silent'
    for (const { uri, place } of uris) {
      const found = unsafeRedirectUri(uri)
      if (found === undefined) continue
      const { variant, text } = found
      const refused = isRefused(step, flow)
      // Editors are called back under schemes of their own, which servers accept.
      yield {
        variant,
        severity: refused ? 'error' : variant === 'custom-scheme' ? 'info' : 'warning',
        message: `the redirect URI ${quoted(uri)} ${text}`,
        evidence: [
          { ...place, note: 'must be https, or loopback' },
          refused && { step, at: 'response.json/error', note: 'the server refuses it' },
        ],
      }
    }
  },

  examples: {
    good: [
      {
        name: 'loopback, by address and by name, and https',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb","http://[::1]:5000/cb","http://localhost/cb","https://app.example/cb?x=1"]}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
      },
    ],
    bad: [
      {
        name: 'plain http to another machine',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://app.example/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
        expect: { variant: 'http-public', severity: 'warning' },
      },
      {
        name: 'a scheme that runs what it is given, refused',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["javascript:alert(1)"]}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_redirect_uri"}`,
        expect: { variant: 'dangerous-scheme', severity: 'error' },
      },
    ],
  },
})

/** The redirect URIs of a request, and where each stands. */
function urisOf(step: Registration | Authorize | PushedRequest, flow: Flow) {
  if (step.kind !== 'registration') {
    const uri = step.redirectUri
    return uri === undefined ? [] : [{ uri, place: parameterPlace(step, 'redirect_uri', flow) }]
  }
  const uris = stringsMember(objectOf(step.sent), 'redirect_uris') ?? []
  const at = (index: number) => `request.json/redirect_uris/${index}` as const
  return uris.map((uri, index) => ({ uri, place: { step, at: at(index) } }))
}

/** The registration is refused for a redirect URI (RFC 7591 §3.2.2). */
function isRefused(step: Registration | Authorize | PushedRequest, flow: Flow): boolean {
  if (step.kind !== 'registration' || step.error?.error !== 'invalid_redirect_uri') return false
  return !flow.after(step, 'registration').some(({ ok }) => ok)
}
