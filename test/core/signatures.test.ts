import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { fromEntry } from '../../src/core/har/read.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { createRedactor } from '../../src/core/redact/redactor.ts'
import { Session } from '../../src/core/session.ts'
import { Signatures, withSignatures } from '../../src/core/signatures.ts'
import type { FetchKeys } from '../../src/core/wire/key-sets.ts'
import { Classifier } from '../../src/core/step/classify.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { loadRules } from '../../src/rules.ts'

const issuer = 'https://as.example'
const claims = { iss: issuer, aud: 'https://mcp.example/mcp', exp: 4102444800 }

async function keyPair(alg: string, kid: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig' }
  const sign = (typ = 'at+jwt') =>
    new SignJWT(claims).setProtectedHeader({ alg, kid, typ }).sign(privateKey)
  return { jwk, sign }
}

const metadata = `
> GET ${issuer}/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"${issuer}","token_endpoint":"${issuer}/token","jwks_uri":"${issuer}/keys"}
`

const issued = (token: string) => `
> POST ${issuer}/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 200 OK
< content-type: application/json

{"access_token":"${token}","token_type":"Bearer"}
`

const called = (token: string, status = '200 OK') => `
> POST https://mcp.example/mcp
> authorization: Bearer ${token}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 ${status}
< content-type: application/json

{"jsonrpc":"2.0","id":1,"result":{}}
`

const published = (...keys: unknown[]) => `
> GET ${issuer}/keys

< HTTP/1.1 200 OK
< content-type: application/json

${JSON.stringify({ keys })}
`

const checked = async (...parts: string[]) => withSignatures(parseTranscript(parts.join('\n')))

const found = (exchanges: readonly Exchange[]) =>
  exchanges.flatMap(({ signatures = [] }) => signatures.map(({ outcome }) => outcome))

describe.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('a token signed with %s', (alg) => {
  test('verifies with its key, before or after it is read', async () => {
    const { jwk, sign } = await keyPair(alg, 'one')
    const token = await sign()
    expect(found(await checked(metadata, published(jwk), issued(token)))).toEqual(['verified'])
    expect(found(await checked(metadata, issued(token), published(jwk)))).toEqual(['verified'])
    expect(found(await checked(metadata, published(jwk), called(token)))).toEqual(['verified'])
  })

  test('does not verify with another key of that name', async () => {
    const [own, other] = [await keyPair(alg, 'one'), await keyPair(alg, 'one')]
    expect(found(await checked(metadata, issued(await own.sign()), published(other.jwk)))).toEqual([
      'wrong',
    ])
  })

  test('names a key that is not there', async () => {
    const [own, other] = [await keyPair(alg, 'one'), await keyPair(alg, 'two')]
    const [, token] = await checked(metadata, issued(await own.sign()), published(other.jwk))
    expect(token?.signatures).toMatchObject([{ outcome: 'unknown-key', ids: ['two'] }])
  })
})

describe('an algorithm that the keys are not for', () => {
  test.each(['none', 'HS256'])('%s', async (alg) => {
    const { jwk } = await keyPair('RS256', 'one')
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const unsigned = `${part({ alg, kid: 'one' })}.${part(claims)}.`
    const token = alg === 'none' ? unsigned : unsigned + Buffer.alloc(32, 1).toString('base64url')
    expect(found(await checked(metadata, issued(token), published(jwk)))).toEqual(['algorithm'])
  })

  test('another than the key says', async () => {
    const { jwk, sign } = await keyPair('RS256', 'one')
    const keys = published({ ...jwk, alg: 'PS256' })
    expect(found(await checked(metadata, issued(await sign()), keys))).toEqual(['algorithm'])
  })
})

test('nothing is said without keys, of a token of another issuer, or of a signature that a tool cut', async () => {
  const { jwk, sign } = await keyPair('RS256', 'one')
  const token = await sign()
  expect(found(await checked(metadata, issued(token)))).toEqual([])
  expect(found(await checked(published(jwk), called(token)))).toEqual([])
  const cut = token.replace(/\.[^.]*$/, '.redacted')
  expect(found(await checked(metadata, published(jwk), issued(cut)))).toEqual([])
  expect(found(await checked(metadata, published({ kty: 'RSA' }), issued(token)))).toEqual([])
})

/** What is found of exchanges whose keys are fetched. */
async function fetching(http: string, fetch: FetchKeys): Promise<Exchange[]> {
  const exchanges = parseTranscript(http)
  const signatures = new Signatures({ fetch })
  const classifier = new Classifier([], () => undefined)
  for (const [order, exchange] of exchanges.entries())
    signatures.see(classifier.classify(exchange, order))
  await signatures.done()
  return exchanges.map((exchange) => signatures.known(exchange))
}

test('keys are fetched where that was asked for, again for a key that is not in an older set', async () => {
  const [old, current] = [await keyPair('ES256', 'old'), await keyPair('ES256', 'current')]
  const asked: string[] = []
  const fetch: FetchKeys = async (url, from) => {
    asked.push(`${url} ${from}`)
    return Promise.resolve({ keys: [current.jwk] })
  }
  const token = issued(await current.sign())
  expect(found(await fetching(metadata + token, fetch))).toEqual(['verified'])
  expect(asked).toEqual([`${issuer}/keys ${issuer}/.well-known/oauth-authorization-server`])
  expect(found(await fetching(metadata + published(old.jwk) + token, fetch))).toEqual(['verified'])
  expect(
    found(await fetching(metadata + issued(await old.sign()), () => Promise.resolve(undefined))),
  ).toEqual([])
})

test('a redacted capture has no signatures, and what was found of them travels with it', async () => {
  const [own, other] = [await keyPair('ES256', 'one'), await keyPair('ES256', 'one')]
  const token = await own.sign()
  const whole = await checked(
    metadata,
    issued(token),
    published(other.jwk),
    called(token, '401 Unauthorized'),
  )
  const redactor = createRedactor({ key: Buffer.alloc(32, 1) })
  for (const exchange of whole) redactor.learn(exchange)
  const entries = whole.map((exchange) => toEntry(redactor.exchange(exchange), {}))
  expect(JSON.stringify(entries)).not.toContain(token.split('.')[2])
  const again = entries.map((entry, index) => fromEntry(entry, index)!)
  const labels = redactor.facts()
  const bare = again.map(({ signatures: _, ...exchange }) => exchange)
  expect(await judged(whole)).toMatchObject({ outcome: 'fail', severity: 'error' })
  expect(await judged(await withSignatures(again), labels)).toEqual(await judged(whole))
  expect(await judged(await withSignatures(bare), labels)).toEqual({ outcome: 'blind' })
})

describe('a token that the server takes', () => {
  test('may be signed with a secret that the two share, for which no key is published', async () => {
    const { jwk } = await keyPair('RS256', 'one')
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.alloc(32, 1))
    for (const parts of [[called(token)], [issued(token), called(token)]])
      expect(await judged(await checked(metadata, published(jwk), ...parts))).toEqual({
        outcome: 'pass',
      })
  })

  test('may be signed for that server alone, unless it says that it is one for all', async () => {
    const [own, other] = [await keyPair('ES256', 'one'), await keyPair('ES256', 'two')]
    const verdict = async (typ: string) => {
      const token = await own.sign(typ)
      return judged(await checked(metadata, published(other.jwk), issued(token), called(token)))
    }
    expect(await verdict('JWT')).toEqual({ outcome: 'pass' })
    const fault = 'authorization-server'
    const unknown = { outcome: 'fail', variant: 'unknown-key', severity: 'warning', fault }
    expect(await verdict('at+jwt')).toEqual(unknown)
  })

  test('is forged where the key that it names has not signed it', async () => {
    const [own, other] = [await keyPair('ES256', 'one'), await keyPair('ES256', 'one')]
    const parts = [metadata, published(other.jwk), called(await own.sign('JWT'))]
    const fault = 'resource-server'
    expect(await judged(await checked(...parts))).toEqual({
      outcome: 'fail',
      variant: 'accepted',
      severity: 'error',
      fault,
    })
  })
})

async function judged(exchanges: readonly Exchange[], labels = {}) {
  const { rules } = await loadRules()
  const tool = { name: 'authtap' as const, version: '0', rules: '' }
  const session = new Session({ rules, tool, labels })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  const rule = 'claims/signature-invalid'
  const finding = session.report().findings.find((one) => one.rule === rule)
  const { variant, severity, fault } = finding ?? {}
  const outcome = session.outcomes().get(rule)
  return finding === undefined ? { outcome } : { outcome, variant, severity, fault }
}
