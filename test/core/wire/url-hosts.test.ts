import { describe, expect, test } from 'vitest'
import { isLoopback, isPrivate } from '../../../src/core/wire/url.ts'

const places: { kind: 'loopback' | 'private' | 'public'; hosts: string[] }[] = [
  {
    kind: 'loopback',
    hosts: [
      'localhost',
      'LOCALHOST:8080',
      'localhost.',
      'app.localhost',
      '127.0.0.1',
      '127.255.255.254:80',
      '127.1',
      '2130706433',
      '0x7f000001',
      '::1',
      '[::1]',
      '[::1]:8080',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      'http://localhost:8484/mcp',
      'https://user@127.0.0.1/',
    ],
  },
  {
    kind: 'private',
    hosts: [
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1:8080',
      '169.254.169.254',
      'http://169.254.169.254/latest/meta-data',
      '100.100.100.200',
      '168.63.129.16',
      '0.0.0.0',
      '[::]',
      'fc00::1',
      '[fd12:3456::1]:8080',
      '[fe80::1]',
      'fe80::1%eth0',
      'febf::1',
      '[::ffff:10.0.0.1]',
      '0xa.0.0.1',
      'printer.local',
      'metadata.google.internal',
      'mcp.default.svc',
      'mcp.default.svc.cluster.local.',
      'mcp-server',
      'http://mcp-server:3000/mcp',
    ],
  },
  {
    kind: 'public',
    hosts: [
      'mcp.example.com',
      'localhost.example.com',
      'notlocalhost.example',
      '8.8.8.8',
      '11.0.0.1',
      '126.0.0.1',
      '128.0.0.1',
      '172.15.0.1',
      '172.32.0.1',
      '192.169.0.1',
      '169.253.0.1',
      '2001:db8::1',
      '[fec0::1]',
      '[fb00::1]',
      'local.example',
      'internal.example.com',
      'https://mcp.example.com:8443/mcp',
      'https://localhost@mcp.example.com/',
      '',
      ':',
      'https://',
      'http://[::1',
      'myapp://callback',
      'myapp://localhost/callback',
      'urn:localhost',
      'a b',
    ],
  },
]

describe.each(places)('a $kind host', ({ kind, hosts }) => {
  test.each(hosts)('is %j', (host) => {
    expect(isLoopback(host)).toBe(kind === 'loopback')
    expect(isPrivate(host)).toBe(kind === 'private')
  })
})
