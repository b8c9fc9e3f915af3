import {
  blind,
  defineRule,
  isThrough,
  isUpstreamHop,
  member,
  objectOf,
  parameterPlace,
  param,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'pkce/method-not-s256',
  title: 'PKCE is used without the method S256',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 7636 §4.2', 'RFC 7636 §4.3', 'OAuth 2.1 §4.1.1'],
  revisions: 'all through OAuth 2.1; in so many words from 2025-11-25',
  seed: ['P-1'],
  why: 'A challenge without a method counts as plain: the verifier then travels in the open, and a server that wants S256 refuses the request or compares text with a hash.',
  remedy: 'Send `code_challenge_method=S256`, in capitals, with the hash of the verifier.',
  explains: [
    'authorization/error-response',
    'flow/stalled',
    'flow/step-failed',
    'pkce/verifier-mismatch',
    'token/error-response',
  ],
  weakness: true,

  on: ['authorize', 'pushed-request'],

  *check(step, flow) {
    if (isUpstreamHop(step, flow)) return 'silent'
    if (step.kind === 'authorize' && step.opaque) return blind('the authorization request')
    if (step.kind === 'authorize' && step.requestUri !== undefined) return 'silent'
    const method = param(step.params, 'code_challenge_method')
    if (step.codeChallenge === undefined || step.codeChallenge === '') return 'silent'
    if (method === 'S256') return
    const document = objectOf(flow.serverMetadata?.document)
    const methods = member(document, 'code_challenge_methods_supported')
    const plainAlone = Array.isArray(methods) && methods.length > 0 && !methods.includes('S256')
    yield {
      variant:
        method === undefined || method === ''
          ? 'missing'
          : method === 'plain'
            ? 'plain'
            : 'misspelled',
      severity: plainAlone || isThrough(flow) ? 'warning' : 'error',
      message:
        method === undefined || method === ''
          ? 'the authorization request names no code_challenge_method, which means plain'
          : `the authorization request names ${quoted(method)} as code_challenge_method, expected "S256"`,
      found: method,
      expected: 'S256',
      evidence: [
        { ...parameterPlace(step, 'code_challenge_method', flow), note: 'must be S256' },
        plainAlone &&
          flow.serverMetadata !== undefined && {
            step: flow.serverMetadata,
            at: 'response.json/code_challenge_methods_supported',
            note: 'the server lists no S256',
          },
      ],
    }
  },

  examples: {
    good: [{ name: 'S256', http: '${opening only authorize}' }],
    bad: [
      {
        name: 'no method',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&code_challenge=\${s256 v1}`,
        expect: { variant: 'missing', severity: 'error' },
      },
      {
        name: 'lower case',
        http: `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&code_challenge=\${s256 v1}&code_challenge_method=s256`,
        expect: { variant: 'misspelled', severity: 'error' },
      },
    ],
  },
})
