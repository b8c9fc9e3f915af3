import { expect, test } from 'vitest'
import { type WantedChange, parseChange } from '../../src/core/intercept/change.ts'
import { fromEntry } from '../../src/core/har/read.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { changesIn, header } from '../../src/core/wire/exchange.ts'
import { judged, playIntercepted } from '../intercepted.ts'

function change(text: string): WantedChange {
  const read = parseChange(text)
  if ('error' in read) throw new Error(read.error)
  return read
}

test('without a match nothing is changed', async () => {
  const changes = () => [change('kind:token status:500 response.body=x')]
  const { ok, exchanges, targets } = await playIntercepted({ changes })
  expect(ok).toBe(true)
  expect(exchanges.flatMap(changesIn)).toEqual([])
  expect(judged(exchanges, targets).capture.changed).toBeUndefined()
})

test('what a server sent wrong is mended for the client, and the server is still blamed', async () => {
  const broken = await playIntercepted({}, 'issuer-mismatch')
  expect(broken.ok).toBe(false)
  const mended = await playIntercepted(
    {
      changes: ({ issuer }) => [change(`kind:server-metadata response.json/issuer=${issuer}`)],
    },
    'issuer-mismatch',
  )
  expect(mended.reason).toBeUndefined()
  const report = judged(mended.exchanges, mended.targets)
  const first = report.findings.find(({ id }) => id === report.firstBroken?.finding)
  expect(first).toMatchObject({
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'authorization-server',
    severity: 'error',
  })
})

test('a value is changed both ways, the record holds what was sent, and lengths follow', async () => {
  const changes = () => [
    change('kind:registration response.json/client_name=another request.json/client_name=changed'),
    change('kind:mcp status:200 response.header.x-added=yes'),
  ]
  const { reason, exchanges, targets } = await playIntercepted({ changes })
  expect(reason).toBeUndefined()
  const registration = exchanges.find(({ request }) => request.url.endsWith('/register'))!
  expect(changesIn(registration)).toEqual([
    {
      at: 'request.json/client_name',
      client: 'authtap demo client',
      upstream: 'changed',
      by: 'person',
      why: 'changed by --change',
    },
    {
      at: 'response.json/client_name',
      client: 'another',
      upstream: 'changed',
      by: 'person',
      why: 'changed by --change',
    },
  ])
  expect(Buffer.from(registration.request.body.bytes).toString()).toContain('authtap demo client')
  expect(Buffer.from(registration.response!.body.bytes).toString()).toContain('"changed"')
  const calls = exchanges.filter((exchange) =>
    changesIn(exchange).some(({ at }) => at === 'response.header.x-added[0]'),
  )
  expect(calls.length).toBeGreaterThan(2)
  expect(header(calls[0]!.response!.headers, 'x-added')).toBeUndefined()
  const report = judged(exchanges, targets)
  expect(report.verdict).toBe('pass')
  expect(report.capture.changed?.[0]).toMatchObject({ exchange: registration.id, by: 'person' })
})

test('a capture keeps who wanted a change, and a fault its name', async () => {
  const changes = () => [change('kind:token response.json/token_type=bearer')]
  const { exchanges } = await playIntercepted({ changes })
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  const wanted = changesIn(token)
  expect(wanted).toMatchObject([{ by: 'person', upstream: 'Bearer', client: 'bearer' }])
  const named = { ...wanted[0]!, by: 'authtap' as const, fault: 'token/html' }
  for (const one of [wanted[0]!, named]) {
    const entry = toEntry({ ...token, touched: [one] }, { step: 'token', flow: 'w1' })
    expect(changesIn(fromEntry(entry, 0)!)).toEqual([one])
  }
})

test('what follows from a change is authtap’s and no more than a note', async () => {
  const changes = () => [change('kind:token request.form.code_verifier-')]
  const { ok, exchanges, targets } = await playIntercepted({ changes })
  expect(ok).toBe(false)
  const report = judged(exchanges, targets)
  expect(report.verdict).toBe('incomplete')
  expect(report.firstBroken).toBeNull()
  const token = exchanges.find(({ request }) => request.url.endsWith('/token'))!
  const found = report.findings.filter(({ evidence }) => evidence[0]?.exchange === token.id)
  expect(found.length).toBeGreaterThan(0)
  for (const one of found) expect(one).toMatchObject({ severity: 'info' })
  expect(found.map(({ fault }) => fault)).toContain('authtap')
})
