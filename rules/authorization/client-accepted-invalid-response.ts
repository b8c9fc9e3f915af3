import {
  atLeast,
  blind,
  defineRule,
  difference,
  member,
  objectOf,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'authorization/client-accepted-invalid-response',
  title: 'The client redeems the code of a response that it has to reject',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: [
    'RFC 9207 §2.4',
    'MCP 2026-07-28 Authorization Response Validation',
    'MCP 2025-06-18 Open Redirection',
  ],
  revisions: 'iss from 2026-07-28, before that a warning; state from 2025-06-18, as a warning',
  why: 'State and issuer tell a response to this login from one that an attacker slips in; a client that does not compare takes either.',
  remedy:
    'Compare `state` and `iss` before anything else in the response, and stop where they differ.',
  weakness: true,

  on: 'token',

  *check(step, flow) {
    if (step.grantType !== 'authorization_code') return 'silent'
    const response = flow.responseWith(step.code)
    if (response === undefined) return blind('the authorization response')
    const tied = flow.authorizationOf(step)
    if (tied === undefined || tied.step.opaque) return blind('the authorization request')
    const side = response.step.kind === 'callback' ? 'request' : 'response'
    const part =
      response.step.kind === 'callback' && response.step.exchange.request.method === 'POST'
        ? 'form'
        : 'query'
    // The verifier tells the request, whatever the state says.
    if (tied.by === 'challenge' && tied.step.state !== response.state) {
      yield {
        variant: 'state',
        severity: 'warning',
        message: 'the client redeems the code of a response whose state is not that of its request',
        evidence: [
          {
            step: response.step,
            at: `${side}.${part}.state`,
            note: response.state === undefined ? 'there is none' : 'not what was sent',
          },
          { step: tied.step, at: 'request.query.state', note: 'what was sent' },
        ],
      }
      return
    }
    const metadata = flow.serverMetadataOf(tied.step)
    if (metadata?.issuer === undefined) return blind('the server metadata')
    const promised =
      member(objectOf(metadata.document), 'authorization_response_iss_parameter_supported') === true
    const { iss } = response
    if (iss === metadata.issuer || (iss === undefined && !promised)) return
    const strict = atLeast(flow.revision.client, '2026-07-28')
    const foreign = iss !== undefined && difference(iss, metadata.issuer) !== 'trailing-slash'
    yield {
      variant: iss === undefined ? 'iss-missing' : 'iss-mismatch',
      severity: strict || foreign ? 'error' : 'warning',
      message:
        iss === undefined
          ? `${metadata.issuer} promises iss, the response has none, and the client redeems its code`
          : `the response names iss ${quoted(iss)}, the metadata ${quoted(metadata.issuer)}, and the client redeems its code`,
      evidence: [
        { step: response.step, at: `${side}.${part}.iss`, note: `must be ${metadata.issuer}` },
        { step: metadata, at: 'response.json/issuer' },
        { step, at: 'request.form.code', note: 'redeemed all the same' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the state is that of the request', http: '${opening until token}' }],
    bad: [
      {
        name: 'the response comes from another issuer',
        http: `
          \${opening until authorize}

          # handed-over
          > GET http://127.0.0.1:5000/cb?code=c1&state=s1&iss=https%3A%2F%2Fevil.example

          \${opening only token}`,
        expect: { variant: 'iss-mismatch', severity: 'error' },
      },
    ],
  },
})
