import {
  type Draft,
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
    const goesOn = flow.after(step, 'token', 'registration').some(({ ok }) => ok)
    yield {
      ...flaw,
      // A server that goes on all the same shows that it can do without.
      severity: goesOn ? 'warning' : 'error',
      message: `the registration request at ${step.url} ${flaw.message}`,
      evidence: [...flaw.evidence, step.status !== undefined && { step, at: 'response.status' }],
    }
  },

  examples: {
    good: [{ name: 'complete', http: '${opening only registration}' }],
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

function flawOf(step: Registration): Draft | undefined {
  const sent = objectOf(step.sent)
  if (sent === undefined)
    return {
      variant: 'not-json',
      message: `has a body that is ${step.sent.kind.replaceAll('-', ' ')}`,
      evidence: [{ step, at: 'request.body', note: 'must be a JSON object' }],
    }
  if (isCalledBack(sent) && (stringsMember(sent, 'redirect_uris') ?? []).length === 0)
    return {
      variant: 'redirect-uris-missing',
      message: 'names no redirect URI',
      evidence: [{ step, at: 'request.json/redirect_uris', note: 'there has to be one' }],
    }
  const scope = member(sent, 'scope')
  if (scope === undefined || typeof scope === 'string') return undefined
  const note = 'must be one string, its values parted by spaces'
  return {
    variant: 'scope-not-string',
    message: `has a scope that is no string: ${quoted(scope)}`,
    evidence: [{ step, at: 'request.json/scope', note }],
  }
}

/** A grant with a redirect is registered for; without `grant_types` it is the code (RFC 7591 §2). */
function isCalledBack(sent: JsonObject): boolean {
  // A software statement holds members of its own, which count as well (RFC 7591 §2.3).
  if (member(sent, 'software_statement') !== undefined) return false
  const grants = stringsMember(sent, 'grant_types') ?? ['authorization_code']
  return grants.some((grant) => grant === 'authorization_code' || grant === 'implicit')
}
