import { SignJWT, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { fromEntry } from '../../src/core/har/read.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { createRedactor } from '../../src/core/redact/redactor.ts'
import { Session } from '../../src/core/session.ts'
import { Signatures } from '../../src/core/signatures.ts'
import { Classifier } from '../../src/core/step/classify.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { FetchKeys } from '../../src/core/wire/key-sets.ts'
import { loadRules } from '../../src/rules.ts'

const issuer = 'https://as.example'
const documentId = 'https://app.example/client.json'
const rule = 'assertion/signature-invalid'

async function client(id: string, kid = 'one') {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const claims = { iss: id, sub: id, aud: issuer, exp: 1767268860, jti: '1' }
  return {
    jwk: { ...(await exportJWK(publicKey)), kid },
    assertion: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey),
  }
}

const answer = (document: unknown, status = '200 OK') =>
  `\n< HTTP/1.1 ${status}\n< content-type: application/json\n\n${JSON.stringify(document)}\n`

const got = (url: string, document: unknown) => `> GET ${url}\n${answer(document)}`

function asked(assertion: string, id: string, refused = false): string {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: id,
    client_assertion_type: type,
    client_assertion: assertion,
  })
  const reply = refused
    ? answer({ error: 'invalid_client' }, '401 Unauthorized')
    : answer({ access_token: '${secret at_}', token_type: 'Bearer' })
  return `> POST ${issuer}/token\n> content-type: application/x-www-form-urlencoded\n\n${form.toString()}\n${reply}`
}

const documented = (more: object) =>
  got(documentId, {
    client_id: documentId,
    client_name: 'App',
    redirect_uris: ['https://app.example/cb'],
    ...more,
  })

const registered = (server: string, keys: object) =>
  `> POST ${server}/register\n> content-type: application/json\n\n${JSON.stringify({ jwks: { keys: [keys] } })}\n${answer({ client_id: 'app' }, '201 Created')}`

async function checked(http: string, fetch?: FetchKeys): Promise<Exchange[]> {
  const exchanges = parseTranscript(http)
  const signatures = new Signatures({ fetch })
  const classifier = new Classifier([], () => undefined)
  for (const [order, exchange] of exchanges.entries()) {
    signatures.see(classifier.classify(exchange, order))
    await signatures.done()
  }
  return exchanges.map((exchange) => signatures.known(exchange))
}

const found = (exchanges: readonly Exchange[]) =>
  exchanges.flatMap(({ signatures = [] }) => signatures.map(({ outcome }) => outcome))

async function reported(exchanges: readonly Exchange[], labels = {}) {
  const { rules } = await loadRules()
  const tool = { name: 'authtap' as const, version: '0', rules: '' }
  const session = new Session({ rules, tool, labels })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return { findings: session.report().findings, outcome: session.outcomes().get(rule) }
}

describe('the assertion of a client is checked with the keys', () => {
  test('in its metadata document, read before or after', async () => {
    const { jwk, assertion } = await client(documentId)
    const document = documented({ jwks: { keys: [jwk] } })
    const request = asked(assertion, documentId)
    expect(found(await checked(request + document))).toEqual(['verified'])
    const named = got(`${issuer}/authorize?client_id=${documentId}&response_type=code`, {})
    expect(found(await checked(named + document + request))).toEqual(['verified'])
  })

  test('at the jwks_uri of the document', async () => {
    const [{ jwk, assertion }, other] = [await client(documentId), await client(documentId)]
    const document = documented({ jwks_uri: 'https://app.example/public-keys' })
    const keys = (one: object) => got('https://app.example/public-keys', { keys: [one] })
    const request = asked(assertion, documentId)
    expect(found(await checked(request + document + keys(jwk)))).toEqual(['verified'])
    expect(found(await checked(request + document + keys(other.jwk)))).toEqual(['wrong'])
  })

  test('that it registered, at the server that it asks and not at another that gave out the same id', async () => {
    const { jwk, assertion } = await client('app')
    const request = asked(assertion, 'app')
    expect(found(await checked(registered(issuer, jwk) + request))).toEqual(['verified'])
    expect(found(await checked(registered('https://b.example', jwk) + request))).toEqual([])
  })
})

test('nothing is fetched unless somebody asks for it; then the document, and what it names', async () => {
  const { jwk, assertion } = await client(documentId)
  const request = asked(assertion, documentId)
  expect(found(await checked(request))).toEqual([])
  const urls: string[] = []
  const serving =
    (documents: Record<string, object>): FetchKeys =>
    (url, from) => {
      urls.push(`${url} for ${from}`)
      return Promise.resolve(documents[url] as ReturnType<typeof Object>)
    }
  const uri = 'https://app.example/keys'
  const far = { [documentId]: { jwks_uri: uri }, [uri]: { keys: [jwk] } }
  expect(found(await checked(request, serving(far)))).toEqual(['verified'])
  expect(urls).toEqual([`${documentId} for ${issuer}/token`, `${uri} for ${issuer}/token`])
  const near = { [documentId]: { jwks: { keys: [jwk] } } }
  expect(found(await checked(request, serving(near)))).toEqual(['verified'])
  expect(found(await checked(request, serving({})))).toEqual([])
})

test('a key that is not in the set that was seen is looked for in the one that is there now', async () => {
  const [old, current] = [await client(documentId, 'old'), await client(documentId, 'new')]
  const named = got(`${issuer}/authorize?client_id=${documentId}&response_type=code`, {})
  const http =
    named + documented({ jwks: { keys: [old.jwk] } }) + asked(current.assertion, documentId)
  expect(found(await checked(http))).toEqual(['unknown-key'])
  const now: FetchKeys = () => Promise.resolve({ jwks: { keys: [current.jwk] } })
  expect(found(await checked(http, now))).toEqual(['verified'])
})

test('what was found travels with a redacted capture, and the claims say whether they are signed', async () => {
  const [own, other] = [await client(documentId), await client(documentId)]
  const whole = await checked(
    asked(own.assertion, documentId, true) + documented({ jwks: { keys: [other.jwk] } }),
  )
  const redactor = createRedactor({ key: Buffer.alloc(32, 1) })
  for (const exchange of whole) redactor.learn(exchange)
  const entries = whole.map((exchange) => toEntry(redactor.exchange(exchange), {}))
  expect(JSON.stringify(entries)).not.toContain(own.assertion.split('.')[2])
  const again = entries.map((entry, index) => fromEntry(entry, index)!)
  const ours = (findings: Awaited<ReturnType<typeof reported>>['findings']) =>
    findings.filter((one) => one.rule === rule).map(({ message, fault }) => ({ message, fault }))
  const [first, second] = [await reported(whole), await reported(again, redactor.facts())]
  expect(ours(first.findings)).toMatchObject([{ fault: 'client' }])
  expect(ours(second.findings)).toEqual(ours(first.findings))
  const bare = again.map(({ signatures: _, ...exchange }) => exchange)
  expect((await reported(bare, redactor.facts())).outcome).toBe('blind')
  const notes = first.findings.flatMap(({ evidence }) =>
    evidence.filter(({ at }) => at.startsWith('request.client-assertion.')).map(({ note }) => note),
  )
  expect(notes).toContain('signature not verified')
})

test('a server that issues a token over a signature that is wrong is warned of, over a newer key it is not', async () => {
  const [own, other] = [await client(documentId), await client(documentId)]
  const renewed = await client(documentId, 'two')
  const judged = async (jwk: object) =>
    reported(
      await checked(asked(own.assertion, documentId) + documented({ jwks: { keys: [jwk] } })),
    )
  expect((await judged(other.jwk)).findings).toMatchObject([
    { rule, variant: 'accepted', severity: 'warning', fault: 'authorization-server' },
  ])
  expect((await judged(renewed.jwk)).outcome).toBe('pass')
})
