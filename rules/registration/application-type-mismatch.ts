import {
  type Registration,
  atLeast,
  defineRule,
  isLoopback,
  member,
  objectOf,
  quoted,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/application-type-mismatch',
  title: 'application_type is missing, or contradicts the redirect URIs',
  severity: ['warning', 'error'],
  fault: ['client'],
  spec: ['MCP 2026-07-28 Application Type and Redirect URI Constraints', 'OIDC Registration §2'],
  revisions: 'from 2026-07-28 it must be there; a contradiction counts in all',
  seed: ['R-1'],
  why: 'Servers of OpenID Connect take a client without `application_type` for a web application, and refuse its loopback redirect URIs.',
  remedy:
    'Register clients on a desktop or a command line with `application_type` "native", hosted ones with "web".',
  explains: ['registration/rejected', 'flow/stalled', 'flow/step-failed'],

  on: 'registration',

  *check(step, flow) {
    const uris = stringsMember(objectOf(step.sent), 'redirect_uris') ?? []
    if (uris.length === 0) return 'silent'
    const refused = step.error?.error === 'invalid_redirect_uri'
    const must = atLeast(flow.revision.client, '2026-07-28')
    const found = flawOf(step, uris, refused, must)
    if (found === undefined) return
    const recovered = flow.after(step, 'registration').some(({ ok }) => ok)
    yield {
      variant: found.variant,
      severity: refused && !recovered ? 'error' : 'warning',
      message: `the client registers ${found.text}`,
      remedy: `Register as a ${isHosted(uris) ? 'web' : 'native'} application, by \`application_type\`.`,
      evidence: [
        { step, at: 'request.json/application_type', note: found.note },
        { step, at: 'request.json/redirect_uris' },
        refused && { step, at: 'response.json/error', note: 'what the server refuses' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a native client on loopback',
        revision: '2026-07-28',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"application_type":"native","redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
      },
    ],
    bad: [
      {
        name: 'a web application on loopback, refused',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"application_type":"web","redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_redirect_uri","error_description":"web clients must use https"}`,
        expect: { variant: 'web-with-loopback', severity: 'error', fault: 'client' },
      },
      {
        name: 'none under the revision that requires it',
        revision: '2026-07-28',
        http: '${opening only registration}',
        expect: { variant: 'missing', severity: 'warning' },
      },
    ],
  },
})

function flawOf(step: Registration, uris: readonly string[], refused: boolean, must: boolean) {
  const type = member(objectOf(step.sent), 'application_type')
  if (type === undefined)
    return must
      ? { variant: 'missing', text: 'without application_type', note: 'there is none' }
      : undefined
  if (type !== 'native' && type !== 'web')
    return {
      variant: 'invalid-value',
      text: `application_type ${quoted(type)}`,
      note: 'must be native or web',
    }
  if (type === 'web' && uris.every((uri) => !isHosted([uri])))
    return {
      variant: 'web-with-loopback',
      text: `as a web application with ${uris.map(quoted).join(', ')}`,
      note: 'a web application is called back over https alone',
    }
  // A native application may claim https links (RFC 8252 §7.2); that this is too much only a refusal tells.
  if (type === 'native' && refused && isHosted(uris))
    return {
      variant: 'native-with-https',
      text: `as a native application with ${uris.map(quoted).join(', ')}`,
      note: 'none of these is on the machine of the client',
    }
  return undefined
}

/** All of these are https, on hosts that are not this machine. */
function isHosted(uris: readonly string[]): boolean {
  return uris.every((uri) => uri.toLowerCase().startsWith('https:') && !isLoopback(uri))
}
