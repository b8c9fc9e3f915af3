import { boundKey, defineRule, objectOf, quoted, stringMember } from '../../src/core/kit.ts'

export default defineRule({
  id: 'dpop/bound-token-sent-as-bearer',
  title: 'A token is presented under another scheme than it was issued for',
  severity: ['error', 'warning', 'info'],
  fault: ['client'],
  spec: ['RFC 9449 §5', 'RFC 9449 §7.1', 'RFC 9449 §7.2'],
  revisions: 'an extension, in draft',
  reads: ['authorization'],
  why: 'A token that is bound to a key is worth nothing without the proof, and servers that know DPoP refuse it.',
  remedy: 'Present the token under the scheme that token_type names, with DPoP beside a proof.',
  explains: ['bearer/fresh-token-rejected', 'flow/reauth-loop', 'flow/stalled'],

  on: ['mcp', 'challenge'],

  *check(step, flow) {
    const issued = flow.issuedBy(step.presented)
    if (step.presented === undefined || issued === undefined) return 'silent'
    const type = stringMember(objectOf(issued.answer), 'token_type')?.toLowerCase()
    const scheme = step.presented.scheme.toLowerCase()
    const isBound = type === 'dpop' || boundKey(issued.accessToken) !== undefined
    if (scheme === 'dpop' ? isBound || type !== 'bearer' : !isBound || scheme !== 'bearer') return
    const refused = step.kind === 'challenge'
    // A server that does not know DPoP takes such a token as any other (RFC 9449 §7.2).
    const knows = flow
      .of('challenge')
      .some(({ usable }) => usable.some((one) => one.scheme.toLowerCase() === 'dpop'))
    const isKnown = knows || scheme === 'dpop'
    yield {
      variant: scheme === 'dpop' ? 'bearer-as-dpop' : 'dpop-as-bearer',
      severity: !isKnown ? 'info' : refused ? 'error' : 'warning',
      message: `the client presents a token of type ${quoted(stringMember(objectOf(issued.answer), 'token_type'))} as ${quoted(step.presented.scheme)}`,
      evidence: [
        { step, at: 'request.header.authorization', note: 'another scheme' },
        { step: issued, at: 'response.json/token_type' },
        { step: issued, at: 'response.jwt.cnf', note: 'the key that it is bound to' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [{ name: 'Bearer for Bearer', http: '${opening only token mcp}' }],
    bad: [
      {
        name: 'a bound token as Bearer, where DPoP is asked for',
        http: `
          \${opening only token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"DPoP"}

          \${opening only mcp unanswered}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: DPoP algs="ES256", error="invalid_token"`,
        expect: { variant: 'dpop-as-bearer', severity: 'error' },
      },
    ],
  },
})
