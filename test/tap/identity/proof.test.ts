import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { OriginMap } from '../../../src/tap/identity/map.ts'
import { Proofs } from '../../../src/tap/identity/proof.ts'
import { json, parties } from '../parties.ts'
import { proxyFor } from '../wire.ts'

const local = 'http://localhost:41234/token'

type Json = Record<string, unknown>

interface Key {
  readonly alg: string
  readonly privateKey: KeyObject
  readonly jwk: JsonWebKey
}

const keys: Record<string, () => Key> = {
  ES256: () => key('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
  EdDSA: () => key('EdDSA', generateKeyPairSync('ed25519')),
  RS256: () => key('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
}

function key(
  alg: string,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): Key {
  return { alg, privateKey, jwk: publicKey.export({ format: 'jwk' }) }
}

function prove({ alg, privateKey, jwk }: Key, claims: Json, header: Json = {}): string {
  const signed = [{ typ: 'dpop+jwt', alg, jwk, ...header }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  const options =
    alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey
  return `${signed}.${sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(signed), options as never).toString('base64url')}`
}

function read(proof: string): { header: Json & { jwk: JsonWebKey }; claims: Json; valid: boolean } {
  const [head, payload, signature] = proof.split('.') as [string, string, string]
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Json & { jwk: JsonWebKey }
  const publicKey = createPublicKey({ key: header.jwk, format: 'jwk' })
  const options =
    header['alg'] === 'ES256' ? { key: publicKey, dsaEncoding: 'ieee-p1363' as const } : publicKey
  const valid = verify(
    header['alg'] === 'EdDSA' ? null : 'sha256',
    Buffer.from(`${head}.${payload}`),
    options as never,
    Buffer.from(signature, 'base64url'),
  )
  return { header, claims: JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json, valid }
}

function proofs(): Proofs {
  const map = new OriginMap()
  map.add('https://as.example', 41234)
  return new Proofs(map)
}

const claims = {
  jti: 'one',
  htm: 'POST',
  htu: local,
  iat: 1_700_000_000,
  nonce: 'n',
  ath: 'a',
  extra: [1],
}

describe('a proof that holds', () => {
  test.each(Object.keys(keys))(
    'is signed anew for the upstream with %s, otherwise identical',
    (alg) => {
      const mine = keys[alg]!()
      const rebound = read(proofs().rebind(prove(mine, claims), 'POST', local)!)
      expect(rebound.valid).toBe(true)
      expect(rebound.claims).toEqual({ ...claims, htu: 'https://as.example/token' })
      expect(Object.keys(rebound.claims)).toEqual(Object.keys(claims))
      expect(rebound.header).toMatchObject({ typ: 'dpop+jwt', alg })
      expect(rebound.header.jwk).not.toEqual(mine.jwk)
      expect(rebound.header.jwk).not.toHaveProperty('d')
    },
  )

  test('keeps one stand-in for each key', () => {
    const all = proofs()
    const [one, two] = [keys['ES256']!(), keys['ES256']!()]
    const shown = [one, one, two].map(
      (mine) => read(all.rebind(prove(mine, claims), 'POST', local)!).header.jwk,
    )
    expect(shown[0]).toEqual(shown[1])
    expect(shown[0]).not.toEqual(shown[2])
  })

  test('may name its URL with a query and in another spelling', () => {
    const htu = 'http://LOCALHOST:41234/token?x#y'
    const rebound = read(
      proofs().rebind(prove(keys['ES256']!(), { ...claims, htu }), 'POST', `${local}?a=b`)!,
    )
    expect(new URL(rebound.claims['htu'] as string).href).toBe('https://as.example/token?x#y')
  })

  test('has the thumbprint that the authorization request announced', () => {
    const all = proofs()
    const mine = keys['ES256']!()
    const thumbprint = ({ crv, kty, x, y }: JsonWebKey) =>
      createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url')
    const announced = all.standIn(thumbprint(mine.jwk))
    expect(thumbprint(read(all.rebind(prove(mine, claims), 'POST', local)!).header.jwk)).toBe(
      announced,
    )
  })
})

describe('a proof that does not hold is left alone', () => {
  const mine = keys['ES256']!()
  test.each([
    ['signed by another key', prove(mine, claims, { jwk: keys['ES256']!().jwk })],
    ['for another method', prove(mine, { ...claims, htm: 'GET' })],
    ['for another URL', prove(mine, { ...claims, htu: 'http://localhost:41234/other' })],
    ['without a URL', prove(mine, { ...claims, htu: undefined })],
    ['with an algorithm of none', prove(mine, claims, { alg: 'none' })],
    [
      'with a private key in it',
      prove(mine, claims, { jwk: mine.privateKey.export({ format: 'jwk' }) }),
    ],
    ['with a key of no kind', prove(mine, claims, { jwk: { kty: '__proto__' } })],
    ['that is no token', 'nonsense'],
    ['in four parts', `${prove(mine, claims)}.x`],
    ['of endless length', `${'x'.repeat(100_000)}.x.x`],
    ['that is empty', ''],
  ])('%s', (_, proof) => {
    expect(proofs().rebind(proof, 'POST', local)).toBeUndefined()
  })
})

describe('through the proxy', () => {
  async function call(dpop: 'rebind' | undefined) {
    const world = await parties({ mcp: { '/mcp': json({}) } })
    const proxy = await proxyFor(`${world.mcp.origin}/mcp`, dpop === undefined ? {} : { dpop })
    const htu = `http://localhost:${proxy.port}/mcp`
    const proof = prove(keys['ES256']!(), { ...claims, htu })
    await fetch(htu, { method: 'POST', headers: { DPoP: proof } })
    return { world, proxy, proof, sent: world.mcp.headers.at(-1)!['dpop'] as string }
  }

  test('proofs pass as they are, and that they will fail is told', async () => {
    const { proxy, proof, sent } = await call(undefined)
    expect(sent).toBe(proof)
    expect(proxy.notices.map(({ code }) => code)).toEqual(['dpop-cannot-pass'])
  })

  test('proofs are re-bound when that is asked for, which is recorded', async () => {
    const { world, proxy, proof, sent } = await call('rebind')
    expect(read(sent)).toMatchObject({
      valid: true,
      claims: { htu: `${world.mcp.origin}/mcp`, jti: 'one' },
    })
    const exchange = await proxy.report()
    expect(exchange.request.headers).toContainEqual(['DPoP', sent])
    expect(exchange.touched.find(({ at }) => at === 'request.header.dpop[0]')).toMatchObject({
      client: proof,
      upstream: sent,
    })
    expect(proxy.notices).toEqual([])
  })
})
