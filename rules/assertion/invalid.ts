import {
  type Draft,
  type Flow,
  type Place,
  type Token,
  type TokenCall,
  answeredAt,
  defineRule,
  jwtBearer,
  lacks,
  member,
  metadataNaming,
  objectOf,
  param,
  proxyArtifact,
  quoted,
  stringMember,
  stringsMember,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'assertion/invalid',
  title: 'A signed assertion is malformed, out of date or used twice',
  severity: ['error', 'warning'],
  fault: ['client'],
  spec: ['RFC 7523 §3', 'RFC 7521 §4.2', 'OIDC Core §9'],
  revisions: 'all; an extension of MCP',
  why: 'The authorization server cannot tell who asks, and issues no token.',
  remedy:
    'Sign a new assertion for every request, valid for a few minutes: iss and sub are the client id, aud is the issuer, jti is unique, the algorithm is one that the server lists.',
  explains: [
    'assertion/audience-wrong',
    'flow/reauth-loop',
    'flow/stalled',
    'token/client-auth-mismatch',
    'token/error-response',
  ],

  on: 'token',

  *check(step, flow) {
    if (step.status === undefined || proxyArtifact(step) !== undefined) return 'silent'
    const signed = signedParts(step, flow)
    if (signed.length === 0) return 'silent'
    for (const one of signed) {
      const fault = faultOf(one, step, flow)
      if (fault === undefined) continue
      yield {
        ...fault,
        severity: step.ok ? 'warning' : 'error',
        confidence: step.ok || sure.has(fault.variant ?? '') ? 'certain' : 'likely',
        evidence: [...fault.evidence, { step, at: 'response.status' }],
      }
    }
  },

  examples: {
    good: [
      {
        name: 'a client that signs with its key; the signature is not verified here',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=\${jwt {"alg":"ES256"} {"iss":"app","sub":"app","aud":"https://as.example","exp":1767268860,"jti":"1"}}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      },
    ],
    bad: [
      {
        name: 'it expired an hour ago',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=\${jwt {"alg":"ES256"} {"iss":"app","sub":"app","aud":"https://as.example","exp":1767265200,"jti":"1"}}

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
        expect: { variant: 'expired', severity: 'error' },
      },
    ],
  },
})

interface Signed {
  readonly token: Token
  readonly name: 'client_assertion' | 'assertion'
  readonly place: (claim: string) => Place
}

type Fault = Pick<Draft, 'variant' | 'message' | 'evidence'>

/** What no server may accept; of the others the refusal may have another reason. */
const sure = new Set(['type', 'not-jws', 'alg', 'claim-missing', 'expired'])

const jwtType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

function signedParts(step: TokenCall, flow: Flow): Signed[] {
  const isSaml = param(step.params, 'client_assertion_type')?.endsWith(':saml2-bearer') === true
  const client: Signed[] =
    step.clientAssertion === undefined || isSaml
      ? []
      : [
          {
            token: step.clientAssertion,
            name: 'client_assertion',
            place: (claim) => `request.client-assertion.${claim}`,
          },
        ]
  return step.grantAssertion === undefined ||
    step.grantAssertion.value === '' ||
    step.grantType !== jwtBearer ||
    isIdJag(step.grantAssertion) ||
    isExchanged(step.grantAssertion, step, flow)
    ? client
    : [
        ...client,
        {
          token: step.grantAssertion,
          name: 'assertion',
          place: (claim) => `request.assertion.${claim}`,
        },
      ]
}

/** What is wrong with an ID-JAG is the matter of a rule of its own. */
function isIdJag({ header, claims }: Token): boolean {
  return claims !== undefined && stringMember(header, 'typ')?.toLowerCase() === 'oauth-id-jag+jwt'
}

/** What an identity provider gave for a subject token is not of the client's making. */
function isExchanged({ value }: Token, step: TokenCall, flow: Flow): boolean {
  return flow
    .before(step, 'token')
    .some(
      ({ accessToken, subjectToken }) => accessToken?.value === value && subjectToken !== undefined,
    )
}

function faultOf(signed: Signed, step: TokenCall, flow: Flow): Fault | undefined {
  return formFault(signed, step, flow) ?? timeFault(signed, step) ?? useFault(signed, step, flow)
}

/** What is wrong with it whoever looks at it and when. */
function formFault({ token, name, place }: Signed, step: TokenCall, flow: Flow): Fault | undefined {
  const isClient = name === 'client_assertion'
  const type = param(step.params, 'client_assertion_type')
  if (isClient && type !== jwtType)
    return {
      variant: 'type',
      message: `client_assertion_type ${type === undefined ? 'is missing' : `is ${quoted(type)}`}, expected ${quoted(jwtType)}`,
      evidence: [{ step, at: 'request.form.client_assertion_type', note: `must be ${jwtType}` }],
    }
  if (token.format === 'opaque')
    return {
      variant: 'not-jws',
      message: `${name} is no signed JWT`,
      evidence: [{ step, at: `request.form.${name}`, note: 'three parts that dots separate' }],
    }
  if (token.claims === undefined) return undefined
  const alg = stringMember(token.header, 'alg')
  const metadata = isClient ? metadataNaming(step, flow) : undefined
  const listed = stringsMember(
    metadata && objectOf(metadata.document),
    'token_endpoint_auth_signing_alg_values_supported',
  )
  if (alg === undefined || alg === 'none' || listed?.includes(alg) === false)
    return {
      variant: 'alg',
      message:
        `${name} is signed with ${quoted(alg)}` +
        (listed === undefined ? '' : `, and the server lists ${quoted(listed)}`),
      evidence: [
        { step, at: place('alg'), note: 'must be an algorithm that the server lists' },
        metadata && {
          step: metadata,
          at: 'response.json/token_endpoint_auth_signing_alg_values_supported',
        },
      ],
    }
  const missing = ['iss', 'sub', 'aud', 'exp'].filter((claim) => lacks(token.claims!, claim))
  return missing.length === 0
    ? undefined
    : {
        variant: 'claim-missing',
        message: `${name} has no ${missing.join(', ')}`,
        evidence: missing.map((claim) => ({ step, at: place(claim), note: 'required; absent' })),
      }
}

/** Clocks may differ by so much, in seconds; and longer than this nothing that is signed per request lives. */
const leeway = 60
const longest = 3600

function timeFault({ token, name, place }: Signed, step: TokenCall): Fault | undefined {
  const now = answeredAt(step) / 1000
  const time = (claim: string) => {
    const value = member(token.claims, claim)
    return typeof value === 'number' ? value : undefined
  }
  const shown = (seconds: number) => ({
    note: `${new Date(seconds * 1000).toISOString()}, at ${new Date(now * 1000).toISOString()}`,
  })
  const exp = time('exp')
  if (exp !== undefined && exp + leeway < now)
    return {
      variant: 'expired',
      message: `${name} expired ${Math.round(now - exp)} s before it was sent`,
      evidence: [{ step, at: place('exp'), ...shown(exp) }],
    }
  const early = ['nbf', 'iat'].find((claim) => (time(claim) ?? 0) - leeway > now)
  if (early !== undefined)
    return {
      variant: 'not-yet-valid',
      message: `${name} has an ${early} ${Math.round(time(early)! - now)} s ahead`,
      evidence: [{ step, at: place(early), ...shown(time(early)!) }],
    }
  // An assertion of another issuer lives as long as that one says.
  return name === 'client_assertion' && exp !== undefined && exp - now > longest
    ? {
        variant: 'too-long',
        message: `${name} is valid for ${Math.round((exp - now) / 60)} minutes`,
        evidence: [{ step, at: place('exp'), ...shown(exp) }],
      }
    : undefined
}

/** What is wrong with how a client's assertion is used: in another name than its own, or once more. */
function useFault({ token, name, place }: Signed, step: TokenCall, flow: Flow): Fault | undefined {
  if (name !== 'client_assertion') return undefined
  const [iss, sub, jti] = ['iss', 'sub', 'jti'].map((claim) => stringMember(token.claims, claim))
  const sent = param(step.params, 'client_id')
  // Federated workloads sign in the name of their platform; where that is taken, all is well (RFC 7523 §3).
  if (!step.ok && (iss !== sub || (sent !== undefined && sent !== sub)))
    return {
      variant: 'identity',
      message:
        `the assertion says iss ${quoted(iss)} and sub ${quoted(sub)}` +
        (sent === undefined ? '' : `, for the client ${quoted(sent)}`),
      evidence: [
        { step, at: place('iss'), note: 'must be the client id' },
        { step, at: place('sub'), note: 'must be the client id' },
        sent !== undefined && { step, at: 'request.form.client_id' },
      ],
    }
  const earlier = flow
    .before(step, 'token')
    .find(
      ({ clientAssertion, error }) =>
        error?.error !== 'use_dpop_nonce' &&
        clientAssertion !== undefined &&
        (clientAssertion.value === token.value ||
          (jti !== undefined && stringMember(clientAssertion.claims, 'jti') === jti)),
    )
  return earlier === undefined
    ? undefined
    : {
        variant: 'replayed',
        message: `the assertion of #${earlier.exchange.id} is sent once more`,
        evidence: [
          { step, at: place('jti'), note: 'must be unique' },
          { step: earlier, at: place('jti'), note: 'the same' },
        ],
      }
}
