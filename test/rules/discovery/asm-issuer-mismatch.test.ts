import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/asm-issuer-mismatch.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { asm, get, ok, resource } from './searches.ts'

/** The MCP server lists its own origin, and gives out this document there. */
const givenOut = (document: string) => `
        \${opening only challenge}

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://mcp.example"]}

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        ${document}`

testExamples(rule, {
  good: [
    {
      name: 'the issuer is the one that is listed, slash and path included',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/tenant/"]}

        > GET https://as.example/.well-known/oauth-authorization-server/tenant

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example/tenant/","token_endpoint":"https://as.example/tenant/token"}`,
    },
    {
      name: 'without resource metadata the MCP origin is the issuer',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://mcp.example/","token_endpoint":"https://mcp.example/token"}`,
    },
  ],
  bad: [
    {
      name: 'the MCP server gives out the metadata of a server elsewhere',
      http: givenOut('{"issuer":"https://as.example","token_endpoint":"https://as.example/token"}'),
      expect: { variant: 'different-host', fault: 'resource-server' },
    },
    ...[
      ['different-host', '"https://as.example","token_endpoint":"https://mcp.example/token"'],
      ['different-host', '"http://localhost:8000","token_endpoint":"http://localhost:8000/token"'],
      ['tenant-template', '"https://login.example/{tenantid}/v2.0"'],
    ].map(([variant, issuer]) => ({
      name: `an authorization server on the host of the MCP server names as its issuer ${issuer}`,
      http: givenOut(`{"issuer":${issuer}}`),
      expect: { variant: variant!, fault: 'authorization-server' as const },
    })),
    {
      name: 'the metadata of an issuer with a path names the origin',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/app-1"]}

        > GET https://as.example/.well-known/oauth-authorization-server/app-1

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example"}`,
      expect: { variant: 'path', fault: 'authorization-server' },
    },
    {
      name: 'the metadata is a copy of that of another host',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://mcp.example"]}

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://login.example"}`,
      expect: { variant: 'different-host', fault: 'authorization-server' },
    },
    {
      name: 'the issuer is a template for tenants',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://login.example/common/v2.0"]}

        > GET https://login.example/common/v2.0/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://login.example/{tenantid}/v2.0"}`,
      expect: { variant: 'tenant-template' },
    },
    {
      name: 'a server of 2025-03-26 names another issuer than its own origin',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://login.example"}`,
      expect: { severity: 'warning' },
    },
  ],
})

describe('another issuer', () => {
  test('is not claimed of a document that the client looked for in the wrong place', () => {
    const http =
      resource('https://as.example/tenant') + get(asm, ok({ issuer: 'https://as.example' }))
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('is no fault when one of two entries in different spellings is right', () => {
    const http =
      resource('https://as.example/', 'https://as.example') +
      get(asm, ok({ issuer: 'https://as.example' }))
    expect(run(rule, http).outcome).toBe('pass')
  })

  test('can only be seen in the URL when the resource metadata was cached', () => {
    expect(run(rule, get(asm, ok({ issuer: 'https://as.example/' }))).outcome).toBe('pass')
    expect(run(rule, get(asm, ok({ issuer: 'https://other.example' }))).findings).toMatchObject([
      { variant: 'different-host', severity: 'error' },
    ])
  })

  test.each([
    ['case', 'https://as.example', 'https://AS.example'],
    ['scheme', 'https://as.example', 'http://as.example'],
    ['missing-issuer', 'https://as.example', undefined],
  ])('is told as %s', (variant, listed, issuer) => {
    const http = resource(listed) + get(asm, ok({ issuer }))
    expect(run(rule, http).findings).toMatchObject([{ variant }])
  })

  test('of Google is known by its slash', () => {
    const http =
      resource('https://accounts.google.com/') +
      get(
        'https://accounts.google.com/.well-known/openid-configuration',
        ok({ issuer: 'https://accounts.google.com' }),
      )
    expect(run(rule, http).findings[0]?.hint).toContain('without a slash')
  })
})
