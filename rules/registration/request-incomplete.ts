import {
  type JsonObject,
  type Registration,
  defineRule,
  member,
  objectOf,
  quoted,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'registration/request-incomplete',
  title: 'The registration request is no JSON, or lacks what the grant needs',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 7591 §2', 'RFC 7591 §3.1'],
  revisions: 'all',
  seed: ['R-1'],
  why: 'A server that cannot read the request makes no client of it, and a client without redirect URIs cannot be sent a code.',
  remedy:
    'Send a JSON object with application/json, `redirect_uris`, and `scope` as one string with spaces.',
  explains: [
    'registration/rejected',
    'authorization/redirect-uri-unregistered',
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'registration',

  *check(step, flow) {
    if (step.exchange.request.method !== 'POST') return 'silent'
    const flaw = flawOf(step)
    if (flaw === undefined) return
    const issued = flow.after(step, 'token').some(({ ok }) => ok)
    const again = flow.after(step, 'registration').some(({ ok }) => ok)
    yield {
      variant: flaw.variant,
      // A server that goes on all the same shows that it can do without.
      severity: issued || again ? 'warning' : 'error',
      message: `the registration request at ${step.url} ${flaw.text}`,
      evidence: [
        { step, at: flaw.at, note: flaw.note },
        step.status !== undefined && { step, at: 'response.status' as const },
      ],
    }
  },

  examples: {
    good: [
      { name: 'complete', http: '${opening only registration}' },
      {
        name: 'a client for machines, which is never called back',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"grant_types":["client_credentials"],"token_endpoint_auth_method":"client_secret_basic"}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
      },
    ],
    bad: [
      {
        name: 'a form',
        http: `
          > POST https://as.example/register
          > content-type: application/x-www-form-urlencoded

          redirect_uris=http%3A%2F%2F127.0.0.1%3A5000%2Fcb

          < HTTP/1.1 400 Bad Request`,
        expect: { variant: 'not-json', severity: 'error' },
      },
      {
        name: 'an empty list of redirect URIs, which the server takes',
        http: `
          > POST https://as.example/register
          > content-type: application/json

          {"client_name":"app","redirect_uris":[]}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
        expect: { variant: 'redirect-uris-missing', severity: 'error' },
      },
    ],
  },
})

interface Flaw {
  readonly variant: string
  readonly text: string
  readonly at: 'request.body' | 'request.json/redirect_uris' | 'request.json/scope'
  readonly note: string
}

function flawOf(step: Registration): Flaw | undefined {
  const sent = objectOf(step.sent)
  if (sent === undefined)
    return {
      variant: 'not-json',
      text: `has a body that is ${step.sent.kind.replaceAll('-', ' ')}`,
      at: 'request.body',
      note: 'must be a JSON object',
    }
  if (isCalledBack(sent) && (stringsMember(sent, 'redirect_uris') ?? []).length === 0)
    return {
      variant: 'redirect-uris-missing',
      text: 'names no redirect URI',
      at: 'request.json/redirect_uris',
      note: 'there has to be one',
    }
  const scope = member(sent, 'scope')
  if (scope !== undefined && typeof scope !== 'string')
    return {
      variant: 'scope-not-string',
      text: `has a scope that is no string: ${quoted(scope)}`,
      at: 'request.json/scope',
      note: 'must be one string, its values parted by spaces',
    }
  return undefined
}

/** A grant with a redirect is registered for; without `grant_types` it is the code (RFC 7591 §2). */
function isCalledBack(sent: JsonObject): boolean {
  // A software statement holds members of its own, which count as well (RFC 7591 §2.3).
  if (member(sent, 'software_statement') !== undefined) return false
  const grants = stringsMember(sent, 'grant_types') ?? ['authorization_code']
  return grants.some((grant) => grant === 'authorization_code' || grant === 'implicit')
}
