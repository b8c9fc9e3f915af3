import { type RequestListener, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { mayName } from '../../src/tap/identity/origins.ts'
import { KeyFetcher } from '../../src/tap/keys.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** What is fetched from a server that answers so, as named by its own metadata. */
async function fetched(answer: RequestListener) {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const keys = new KeyFetcher()
  stops.push(
    () => keys.close(),
    () => server.close(),
  )
  return keys.fetch(`${url}/jwks?v=1`, `${url}/.well-known/oauth-authorization-server`)
}

describe('a set of keys', () => {
  test('is fetched as it is, without credentials', async () => {
    const seen: unknown[] = []
    const document = await fetched(({ url, headers }, response) => {
      seen.push(url, headers.authorization, headers.cookie)
      response.end('{"keys":[]}')
    })
    expect(document).toEqual({ keys: [] })
    expect(seen).toEqual(['/jwks?v=1', undefined, undefined])
  })

  test.each<[string, RequestListener]>([
    ['too long', (_, response) => response.end(`{"keys":["${'x'.repeat(300_000)}"]}`)],
    ['no JSON', (_, response) => response.end('<html>')],
    ['elsewhere', (_, response) => response.writeHead(302, { location: '/other' }).end()],
    ['not there', (_, response) => response.writeHead(404).end('{"keys":[]}')],
    ['cut off', ({ socket }) => socket.destroy()],
  ])('that is %s is none', async (_, answer) => {
    expect(await fetched(answer)).toBe(undefined)
  })

  test('is not fetched from inside for a server outside, nor without TLS', async () => {
    const keys = new KeyFetcher()
    stops.push(() => keys.close())
    const from = 'https://as.example/.well-known/oauth-authorization-server'
    for (const url of [
      'http://127.0.0.1:1/jwks',
      'https://10.0.0.1/jwks',
      'http://as.example/jwks',
    ])
      expect(await keys.fetch(url, from)).toBe(undefined)
    expect(mayName('http://169.254.169.254', true)).toBe('internal')
    expect(mayName('http://as.example', true)).toBe('plain')
    expect(mayName('https://as.example', true)).toBe(undefined)
    expect(mayName('http://127.0.0.1:8080', false)).toBe(undefined)
  })
})
