import {
  type Flow,
  type JsonObject,
  type Place,
  type TokenCall,
  defineRule,
  header,
  member,
  objectOf,
  pointerPart,
  quoted,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'token/response-invalid',
  title: 'The token response lacks members, or has them in a wrong form',
  severity: ['error', 'warning', 'info'],
  fault: ['authorization-server'],
  spec: ['RFC 6749 §5.1', 'RFC 6749 App. A', 'OAuth 2.1 §3.2.3'],
  revisions: 'all',
  why: 'Clients that check the answer against a schema throw it away, and the login ends after everything went well.',
  remedy:
    'Answer with one flat JSON object: access_token and token_type as text, expires_in as a number of seconds, scope as text with spaces, and nothing that is null.',
  explains: [
    'bearer/issued-token-not-used',
    'bearer/missing',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
  ],

  on: 'token',

  *check(step, flow) {
    const document = objectOf(step.answer)
    const { status = 0 } = step
    if (status < 200 || status > 299 || document === undefined || step.error !== undefined)
      return 'silent'
    const [first, ...others] = faultsOf(step, document)
    if (first === undefined) return
    const all = [first, ...others].filter(({ minor }) => minor === first.minor)
    yield {
      variant: first.variant,
      severity: first.minor === true ? 'info' : isThrownAway(step, flow) ? 'error' : 'warning',
      confidence: step.accessToken === undefined || first.minor === true ? undefined : 'likely',
      message: `the token response of ${step.url} ${all.map(({ text }) => text).join(' and ')}`,
      evidence: all.map(({ at, note }) => ({ step, at, note })),
    }
  },

  examples: {
    good: [{ name: 'all that belongs in it', http: '${opening only token}' }],
    bad: [
      {
        name: 'the token is wrapped',
        http: `
          \${opening only authorize callback token unanswered}

          < HTTP/1.1 200 OK

          {"data":{"access_token":"\${secret at_}","token_type":"Bearer"}}`,
        expect: { variant: 'nested', severity: 'error' },
      },
      {
        name: 'no token type, and the client goes on',
        http: `
          \${opening only authorize callback token unanswered}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","expires_in":3600}

          \${opening only mcp}`,
        expect: { variant: 'token-type-missing', severity: 'warning' },
      },
    ],
  },
})

interface Flaw {
  readonly variant: string
  readonly text: string
  readonly at: Place
  readonly note: string
  readonly minor?: true
}

const tenYears = 10 * 365 * 24 * 3600

function faultsOf(step: TokenCall, document: JsonObject): Flaw[] {
  return [
    ...tokenFlaws(document),
    ...typeFlaws(document),
    ...nullFlaws(document),
    ...scopeFlaws(document),
    ...lifetimeFlaws(document),
    ...cacheFlaws(step),
  ]
}

function tokenFlaws(document: JsonObject): Flaw[] {
  const token = member(document, 'access_token')
  if (typeof token === 'string' && token !== '') return []
  const wrapper = Object.keys(document)
    .slice(0, 50)
    .find((name) => {
      const inner = member(document, name)
      return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, 'access_token')
    })
  if (wrapper !== undefined)
    return [
      {
        variant: 'nested',
        text: `has access_token within ${quoted(wrapper)}`,
        at: `response.json/${pointerPart(wrapper)}`,
        note: 'access_token must stand at the top of the object',
      },
    ]
  return [
    {
      variant: 'access-token-missing',
      text: token === undefined ? 'has no access_token' : 'has an access_token that is no text',
      at: 'response.json/access_token',
      note: 'must be there, as text',
    },
  ]
}

function typeFlaws(document: JsonObject): Flaw[] {
  if (member(document, 'access_token') === undefined) return []
  const type = member(document, 'token_type')
  const at = 'response.json/token_type'
  if (typeof type !== 'string' || type === '')
    return [
      { variant: 'token-type-missing', text: 'has no token_type', at, note: 'must be Bearer' },
    ]
  const known = ['bearer', 'dpop'].includes(type.toLowerCase())
  const exchanged = type === 'N_A' && member(document, 'issued_token_type') !== undefined
  return known || exchanged
    ? []
    : [
        {
          variant: 'token-type-unknown',
          text: `has token_type ${quoted(type)}`,
          at,
          note: 'must be Bearer, or DPoP',
        },
      ]
}

function nullFlaws(document: JsonObject): Flaw[] {
  return ['refresh_token', 'scope', 'expires_in', 'id_token']
    .filter((name) => member(document, name) === null)
    .map((name) => ({
      variant: 'null-member',
      text: `has ${name} null`,
      at: `response.json/${name}`,
      note: 'leave it out where it has no value',
    }))
}

function scopeFlaws(document: JsonObject): Flaw[] {
  const scope = member(document, 'scope')
  return Array.isArray(scope)
    ? [
        {
          variant: 'scope-type',
          text: `has scope ${quoted(scope)}, a list`,
          at: 'response.json/scope',
          note: 'must be a text, with spaces between scopes',
        },
      ]
    : []
}

function lifetimeFlaws(document: JsonObject): Flaw[] {
  const seconds = member(document, 'expires_in')
  if (seconds === undefined || seconds === null) return []
  const at = 'response.json/expires_in'
  const flaw = (text: string, minor?: true): Flaw[] => [
    {
      variant: 'expires-in',
      text: `has expires_in ${text}`,
      at,
      note: 'must be a number of seconds',
      ...(minor === undefined ? {} : { minor }),
    },
  ]
  // Both official SDKs read a text of digits as a number.
  if (typeof seconds === 'string')
    return /^\d+$/.test(seconds)
      ? flaw(`as the text ${quoted(seconds)}`, true)
      : flaw(quoted(seconds))
  if (typeof seconds !== 'number') return flaw(quoted(seconds))
  if (seconds < 0) return flaw(`${seconds}, before now`)
  return seconds > tenYears ? flaw(`${seconds}, more than ten years`) : []
}

/** RFC 6749 §5.1 wants it; an answer to POST is not kept all the same. */
function cacheFlaws({ exchange }: TokenCall): Flaw[] {
  const fields = exchange.response?.headers ?? []
  const control = header(fields, 'cache-control')
  if (control === undefined || !/public|max-age=[1-9]/i.test(control)) return []
  return [
    {
      variant: 'cacheable',
      text: `says Cache-Control: ${control}`,
      at: 'response.header.cache-control',
      note: 'must be no-store',
      minor: true,
    },
  ]
}

/** Nothing came of it: no token to use, or one that was never used. */
function isThrownAway(step: TokenCall, flow: Flow): boolean {
  if (flow.usesOf(step).length > 0 || flow.after(step, 'token').some(({ ok }) => ok)) return false
  return step.accessToken === undefined || flow.waited('firstUse')
}
