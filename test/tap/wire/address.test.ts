import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { isInternalHost } from '../../../src/tap/wire/address.ts'
import { proxyFor } from '../wire.ts'

afterEach(() => vi.unstubAllEnvs())

describe('an address that a public server must not name', () => {
  test.each([
    'localhost',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::]',
    '[::1]',
    '[::7f00:1]',
    '[fc00::1]',
    '[fd12:3456::1]',
    '[fe80::1]',
    '[ff02::1]',
    '[::ffff:7f00:1]',
    '[::ffff:a00:1]',
    '[64:ff9b::a9fe:a9fe]',
    '[2002:a00:1::]',
    'metadata.google.internal',
    'metadata.goog',
    'db.svc',
    'printer.local',
    'intranet',
  ])('%s', (host) => {
    expect(isInternalHost(host)).toBe(true)
  })

  test.each([
    'example.com',
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '192.1.0.1',
    '[2606:4700::1]',
    '[2002:101:101::]',
    '[64:ff9b::101:101]',
    '10.example.com',
    'localhost.example.com',
  ])('but not %s', (host) => {
    expect(isInternalHost(host)).toBe(false)
  })
})

/** Stands in for the public network: whatever name is asked for, this answers. */
async function publicNetwork(documents: Record<string, unknown>): Promise<void> {
  const server = createServer((request, response) => {
    const document = documents[request.url!]
    response.writeHead(document === undefined ? 404 : 200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(document ?? {}))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

test('internal addresses named by a public server are shown as naming nobody', async () => {
  const named = [
    'https://169.254.169.254/latest',
    'http://127.0.0.1:9000',
    'https://10.0.0.1:8443/x',
    'https://as.example/',
  ]
  const prm = 'http://mcp.example/.well-known/oauth-protected-resource'
  await publicNetwork({ [prm]: { resource: 'http://mcp.example/', authorization_servers: named } })
  const { tap, port, notices } = await proxyFor('http://mcp.example/')
  const response = await fetch(`http://localhost:${port}/.well-known/oauth-protected-resource`)
  const shown = (await response.json()) as { authorization_servers: string[] }
  expect(shown.authorization_servers.slice(0, 3)).toEqual([
    'https://169-254-169-254.this-proxy.invalid/latest',
    'http://127-0-0-1-9000.this-proxy.invalid',
    'https://10-0-0-1-8443.this-proxy.invalid/x',
  ])
  expect(shown.authorization_servers[3]).toMatch(/^http:\/\/localhost:\d+\/$/)
  expect(Object.keys(tap.listening.ports)).toEqual(['http://mcp.example', 'https://as.example'])
  expect(notices.map(({ code }) => code)).toEqual([
    'internal-address',
    'internal-address',
    'internal-address',
  ])
})

test('metadata of a server that a public one named may name no internal address either', async () => {
  const asm = 'http://as.example/.well-known/oauth-authorization-server'
  await publicNetwork({
    'http://mcp.example/.well-known/oauth-protected-resource': {
      authorization_servers: ['http://as.example'],
    },
    [asm]: { issuer: 'http://as.example', token_endpoint: 'http://192.168.0.1/token' },
  })
  const { tap, port } = await proxyFor('http://mcp.example/', { also: ['http://as.example'] })
  await (await fetch(`http://localhost:${port}/.well-known/oauth-protected-resource`)).arrayBuffer()
  const as = tap.url('http://as.example')
  const shown = (await (await fetch(`${as}/.well-known/oauth-authorization-server`)).json()) as {
    token_endpoint: string
  }
  expect(shown.token_endpoint).toBe('http://192-168-0-1.this-proxy.invalid/token')
})
