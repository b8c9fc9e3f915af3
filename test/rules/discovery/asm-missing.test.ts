import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/asm-missing.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { asm, challenge, get, lost, ok, prm, resource } from './searches.ts'

testExamples(rule, {
  good: [
    {
      name: 'the last of the places has it',
      http: `
        \${opening only resource-metadata}

        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 404 Not Found

        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}`,
    },
  ],
  bad: [
    {
      name: 'all three places of an issuer with a path are empty',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t1"]}

        > GET https://as.example/.well-known/oauth-authorization-server/t1
        > mcp-protocol-version: 2025-11-25

        < HTTP/1.1 404 Not Found

        > GET https://as.example/.well-known/openid-configuration/t1

        < HTTP/1.1 404 Not Found

        > GET https://as.example/t1/.well-known/openid-configuration

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'all-404', severity: 'error', fault: 'authorization-server' },
    },
    {
      name: 'the document is appended to the path, where no client has to look',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t1"]}

        > GET https://as.example/.well-known/oauth-authorization-server/t1
        > mcp-protocol-version: 2025-06-18

        < HTTP/1.1 404 Not Found

        > GET https://as.example/t1/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example/t1"}`,
      expect: { variant: 'nonstandard-location', severity: 'error' },
    },
    {
      name: 'OpenID discovery alone, and a client of 2025-06-18',
      revision: '2025-06-18',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 404 Not Found

        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}`,
      expect: { variant: 'oidc-only-for-2025-06-18', severity: 'warning' },
    },
    {
      name: 'a server of 2025-03-26 without metadata has its default endpoints',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 404 Not Found`,
      expect: { severity: 'warning' },
    },
  ],
})

describe('missing server metadata', () => {
  const openid = 'https://as.example/.well-known/openid-configuration'

  test.each([
    ['the client stopped early', resource('https://as.example') + get(asm, lost, '')],
    [
      'a page stands in its place',
      resource('https://as.example') +
        get(asm, '< HTTP/1.1 200 OK\n\n<html></html>') +
        get(openid, lost),
    ],
    [
      'the host could not be reached',
      resource('https://as.example') + get(asm, '! dns ENOTFOUND') + get(openid, lost),
    ],
    [
      'the place does not derive from an issuer',
      resource('https://as.example') +
        get('https://other.example/.well-known/oauth-authorization-server', lost),
    ],
  ])('is not proven when %s', (_, http) => {
    expect(run(rule, challenge('Bearer') + http, '2025-11-25').findings).toEqual([])
  })

  test('of one of two servers is no fault when the other has its own', () => {
    const http =
      resource('https://gone.example', 'https://as.example') +
      get('https://gone.example/.well-known/oauth-authorization-server', lost) +
      get('https://gone.example/.well-known/openid-configuration', lost) +
      get(asm, ok({ issuer: 'https://as.example' }))
    expect(run(rule, http).outcome).toBe('pass')
  })

  test('OpenID discovery alone is right from 2025-11-25 on', () => {
    const http =
      resource('https://as.example') +
      get(asm, lost) +
      get(openid, ok({ issuer: 'https://as.example' }))
    expect(run(rule, http, '2025-11-25').outcome).toBe('pass')
    expect(run(rule, http, '2025-06-18').outcome).toBe('fail')
  })

  test('is told from metadata that only the MCP server has', () => {
    const http =
      challenge('Bearer') +
      resource('https://as.example') +
      get(asm, lost) +
      get(openid, lost) +
      get(
        'https://mcp.example/.well-known/oauth-authorization-server',
        ok({ issuer: 'https://as.example' }),
      )
    expect(run(rule, http).findings).toMatchObject([{ variant: 'only-on-mcp-host' }])
  })

  test('after missing resource metadata is only a warning', () => {
    const own = 'https://mcp.example/.well-known/'
    const http =
      challenge('Bearer') +
      get(`${prm}/mcp`, lost) +
      get(prm, lost) +
      get(`${own}oauth-authorization-server`, lost) +
      get(`${own}openid-configuration`, lost)
    expect(run(rule, http).findings).toMatchObject([{ severity: 'warning' }])
  })
})
