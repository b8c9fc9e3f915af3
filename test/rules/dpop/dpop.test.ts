/** Rules on DPoP, with proofs that are made here. */
import { describe, expect, test } from 'vitest'
import unenforced from '../../../rules/dpop/binding-not-enforced.ts'
import bearer from '../../../rules/dpop/bound-token-sent-as-bearer.ts'
import mismatch from '../../../rules/dpop/key-binding-mismatch.ts'
import invalid from '../../../rules/dpop/proof-invalid.ts'
import otherRequest from '../../../rules/dpop/proof-request-mismatch.ts'
import { Session } from '../../../src/core/session.ts'
import { keyOf } from '../../../src/core/kit.ts'
import { fill } from '../../../src/core/transcript/fill.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { readToken } from '../../../src/core/wire/jwt.ts'
import { loadRules } from '../../../src/rules.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

type Values = Record<string, unknown>

const jwk = JSON.parse(fill('${jwk}')) as Values
const opaque = flow.secret('at_ dpop')
let number = 0

function proof(url: string, claims: Values = {}, header: Values = {}): string {
  const all = { jti: `p${number++}`, htm: 'POST', htu: url, iat: 1767268800, ...claims }
  const head = { typ: 'dpop+jwt', alg: 'EdDSA', jwk, ...header }
  return `\n> dpop: \${jwt ${JSON.stringify(head)} ${JSON.stringify(all)}}`
}

const tokenUrl = `${flow.issuer}/token`

function redeem(
  fields = proof(tokenUrl),
  type = 'DPoP',
  token = opaque,
  form: Record<string, string> = {},
) {
  const answer = flow.json({
    access_token: token,
    token_type: type,
    expires_in: 3600,
    refresh_token: flow.secret('rt_ one'),
  })
  return flow.tokenRequest({ ...flow.redemption, ...form }, answer, fields)
}

const refused =
  '< HTTP/1.1 401 Unauthorized\n< www-authenticate: DPoP algs="ES256", error="invalid_token"'

const use = (http: string, fields = proof(flow.endpoint, { ath: `\${s256 ${opaque}}` })) =>
  http.replaceAll(/authorization: Bearer [^\n]*/g, () => `authorization: DPoP ${opaque}${fields}`)

const call = (fields?: string, answer = refused) =>
  use(flow.call('tools/list', 'x', answer), fields)

test('a healthy login with DPoP gives no error and no warning', async () => {
  const { rules } = await loadRules()
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  const http = [
    flow.flowUpTo('callback'),
    redeem(),
    use(flow.sessionStart('x').split('\n\n> POST')[0]!),
    use(flow.call('tools/list', 'x'), proof(flow.endpoint, { ath: `\${s256 ${opaque}}` })),
  ].join('\n')
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  const { findings, verdict } = session.report()
  const alarms = findings.filter(({ severity }) => severity !== 'info')
  expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(verdict).toBe('pass')
})

test('a key has the thumbprint of RFC 7638 §3.1', () => {
  const n = [
    '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn',
    'jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q',
    'MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap',
    'JzKnqDKgw',
  ].join('')
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', jwk: { kty: 'RSA', n, e: 'AQAB' } }))
  const token = readToken(`${header.toString('base64url')}.e30.x`)
  expect(keyOf(token)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
})

describe('a proof for an address', () => {
  const at = (url: string) => call(proof(url, { ath: `\${s256 ${opaque}}` }))
  testExamples(otherRequest, {
    good: [
      {
        name: 'without a path, which is the same as "/"',
        http: at('https://mcp.example').replaceAll(
          'POST https://mcp.example/mcp',
          () => 'POST https://mcp.example/',
        ),
      },
      { name: 'with its port and in capitals', http: at('https://MCP.example:443/mcp') },
    ],
    bad: [
      {
        name: 'another token',
        http: call(proof(flow.endpoint, { ath: '${s256 old}' })),
        expect: { variant: 'ath' },
      },
      {
        name: 'with a slash at the end',
        http: at(`${flow.endpoint}/`),
        expect: { variant: 'htu', severity: 'warning' },
      },
    ],
  })
})

describe('a proof', () => {
  const bad = (name: string, fields: string, variant: string) => ({
    name,
    http: call(fields),
    expect: { variant, severity: 'error' as const },
  })
  const ath = { ath: `\${s256 ${opaque}}` }
  testExamples(invalid, {
    good: [{ name: 'of a token request needs no ath', http: redeem() }],
    bad: [
      bad('twice', proof(flow.endpoint, ath) + proof(flow.endpoint, ath), 'multiple'),
      bad('that is no JWT', '\n> dpop: yes', 'not-jws'),
      bad('of another typ', proof(flow.endpoint, ath, { typ: 'JWT' }), 'typ'),
      bad('with a shared secret', proof(flow.endpoint, ath, { alg: 'HS256' }), 'alg'),
      bad('without a key', proof(flow.endpoint, ath, { jwk: undefined }), 'jwk'),
      bad(
        'with the private key',
        proof(flow.endpoint, ath, { jwk: { ...jwk, d: 'secret' } }),
        'private-key',
      ),
    ],
  })
})

describe('a token', () => {
  testExamples(bearer, {
    good: [{ name: 'of type DPoP, as DPoP', http: redeem() + call() }],
    bad: [
      {
        name: 'of type Bearer, as DPoP',
        http: redeem('', 'Bearer') + call(),
        expect: { variant: 'bearer-as-dpop', severity: 'error' },
      },
      {
        name: 'that is bound, where nobody asks for DPoP',
        http: redeem() + flow.call('tools/list', opaque),
        expect: { variant: 'dpop-as-bearer', severity: 'info' },
      },
    ],
  })
})

describe('a key', () => {
  const other = { jwk: { ...jwk, x: 'z' } }
  const bound = flow.jwt({ cnf: { jkt: 'another' } })
  testExamples(mismatch, {
    bad: [
      {
        name: 'that the server did not bind the token to',
        http: redeem(proof(tokenUrl), 'DPoP', bound),
        expect: { variant: 'as-bound-other-key', fault: 'authorization-server' },
      },
      {
        name: 'that the token is not bound to',
        http: flow
          .call('tools/list', bound, refused)
          .replace('Bearer', 'DPoP')
          .replace('\n> mcp-session-id', () => `${proof(flow.endpoint)}\n> mcp-session-id`),
        expect: { variant: 'cnf', severity: 'error' },
      },
      {
        name: 'that was not announced',
        http: flow.authorize({ dpop_jkt: 'announced' }) + flow.healthy.callback + redeem(),
        expect: { variant: 'dpop-jkt', fault: 'client' },
      },
      {
        name: 'that the refresh token was not issued to',
        http:
          redeem() +
          flow.tokenRequest(
            {
              grant_type: 'refresh_token',
              refresh_token: flow.secret('rt_ one'),
              client_id: flow.clientId,
            },
            flow.json({ error: 'invalid_grant' }, '400 Bad Request'),
            proof(tokenUrl, {}, other),
          ),
        expect: { variant: 'refresh', severity: 'error' },
      },
    ],
  })
})

describe('a server', () => {
  testExamples(unenforced, {
    good: [
      { name: 'that binds', http: redeem() },
      {
        name: 'that does not know DPoP, and a client that always sends proofs',
        http: flow.healthy.serverMetadata + redeem(proof(tokenUrl), 'Bearer'),
      },
    ],
    bad: [
      {
        name: 'that issues plain tokens for a proof',
        http:
          flow.get(
            `${flow.issuer}/.well-known/oauth-authorization-server`,
            flow.json(flow.serverDocument({ dpop_signing_alg_values_supported: ['ES256'] })),
          ) + redeem(proof(tokenUrl), 'Bearer'),
        expect: { variant: 'as-issued-bearer', severity: 'warning' },
      },
      {
        name: 'that asks for no proof although it promised to',
        http:
          flow.healthy.registration.replaceAll(
            '"client_name"',
            '"dpop_bound_access_tokens":true,"client_name"',
          ) + redeem('', 'Bearer'),
        expect: { variant: 'proof-not-required', severity: 'error' },
      },
    ],
  })
})
