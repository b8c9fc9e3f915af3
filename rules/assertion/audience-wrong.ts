import {
  type ServerMetadata,
  type Token,
  type TokenCall,
  audiences,
  blind,
  defineRule,
  isLogicalName,
  jwtBearer,
  metadataNaming,
  namesEndpoint,
  proxyArtifact,
  quoted,
  said,
  sameUrl,
  stringMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'assertion/audience-wrong',
  title: 'A signed assertion is made out to somebody else than the authorization server',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 7523 §3', 'RFC 8414 §2', 'MCP extension OAuth Client Credentials'],
  revisions: 'all; an extension of MCP',
  why: 'An assertion that another server would take as well can be passed on, so servers refuse what does not name them alone.',
  remedy: 'Set aud to the issuer identifier of the metadata, to the letter, as its only value.',
  explains: [
    'flow/reauth-loop',
    'flow/stalled',
    'token/client-auth-mismatch',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    if (proxyArtifact(step) !== undefined || step.status === undefined) return 'silent'
    const signed = signedBy(step)
    if (signed === undefined) return 'silent'
    const named = audiences(signed.token)
    if (named.length === 0) return 'silent'
    const metadata = metadataNaming(step, flow)
    const issuer = metadata?.issuer
    if (metadata === undefined || issuer === undefined) return blind('the server metadata')
    if (named.length === 1 && named[0] === issuer) return
    const variant = variantOf(named, issuer, metadata)
    const refused = !step.ok
    const objects = said(step, 'assertion-audience', 'audience') !== undefined
    const isNear = variant !== 'foreign'
    yield {
      variant,
      severity: refused && (!isNear || objects) ? 'error' : 'warning',
      confidence:
        objects || (variant === 'foreign' && refused && !named.some(isLogicalName))
          ? 'certain'
          : 'likely',
      message: `the assertion is made out to ${named.map(quoted).join(', ')}, expected ${quoted(issuer)}${named.length > 1 ? ' alone' : ''}`,
      evidence: [
        { step, at: `request.${signed.place}.aud`, note: `must be ${issuer}` },
        { step: metadata, at: 'response.json/issuer' },
        { step, at: 'response.status' },
      ],
    }
  },

  examples: {
    good: [{ name: 'the issuer alone', http: machine('https://as.example') }],
    bad: [
      {
        name: 'another server',
        http: machine('https://login.example', '401 Unauthorized', '{"error":"invalid_client"}'),
        expect: { variant: 'foreign', severity: 'error' },
      },
      {
        name: 'the token endpoint, which RFC 7523 allows',
        http: machine('https://as.example/token'),
        expect: { variant: 'token-endpoint', severity: 'warning' },
      },
    ],
  },
})

function machine(
  aud: string,
  status = '200 OK',
  body = '{"access_token":"${secret at_}","token_type":"Bearer"}',
) {
  return `
    \${opening only server-metadata}

    > POST https://as.example/token
    > content-type: application/x-www-form-urlencoded

    grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=\${jwt {"alg":"ES256"} {"iss":"app","sub":"app","aud":"${aud}","exp":1767268860,"jti":"1"}}

    < HTTP/1.1 ${status}

    ${body}`
}

/** The assertion that names its audience; an ID-JAG is the matter of a rule of its own. */
function signedBy(
  step: TokenCall,
): { token: Token; place: 'client-assertion' | 'assertion' } | undefined {
  if (step.clientAssertion !== undefined)
    return { token: step.clientAssertion, place: 'client-assertion' }
  if (step.grantAssertion === undefined || step.grantType !== jwtBearer) return undefined
  return stringMember(step.grantAssertion.header, 'typ') === 'oauth-id-jag+jwt'
    ? undefined
    : { token: step.grantAssertion, place: 'assertion' }
}

function variantOf(named: readonly string[], issuer: string, metadata: ServerMetadata): string {
  if (named.includes(issuer)) return 'multiple'
  if (named.some((one) => sameUrl(one, issuer))) return 'trailing-slash'
  // Made out to an endpoint, it is meant for this server.
  return named.some((one) => namesEndpoint(metadata, one)) ? 'token-endpoint' : 'foreign'
}
