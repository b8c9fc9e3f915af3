import { describe, expect, test } from 'vitest'
import rule from '../../../rules/challenge/resource-metadata-missing.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { accepted, lost, lostAtRoot, probe, refused, url } from './refused-calls.ts'

testExamples(rule, {
  good: [
    {
      name: 'the parameter stands in a second challenge, its name in capitals',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Basic realm="staff"
        < www-authenticate: Bearer scope="mcp:tools", Resource_Metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
    },
  ],
  bad: [
    {
      name: 'the parameter has another name',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata_uri="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'misspelled', severity: 'error' },
    },
    {
      name: 'a later revision, and the metadata is found at its well-known URL',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer realm="mcp"

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      expect: { variant: 'absent', severity: 'warning' },
    },
    {
      name: 'a later revision, and the metadata is not where clients look',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 404 Not Found

        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'bare-bearer', severity: 'error' },
    },
    {
      name: 'a token is refused without it, which only deserves a note',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret tok_ expired}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
      expect: { severity: 'info' },
    },
  ],
})

describe('a challenge without resource_metadata', () => {
  test.each([
    ['a 403', refused('Bearer scope="a"', '403 Forbidden')],
    ['a scheme that no MCP client uses', refused('Negotiate')],
    ['no challenge at all', refused()],
  ])('is not asked of %s', (_, http) => {
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('is right under 2025-03-26', () => {
    expect(run(rule, refused('Bearer'), '2025-03-26').outcome).toBe('silent')
  })

  test('is not claimed of one that is only badly written', () => {
    expect(run(rule, refused(`Bearer resource_metadata='${url}'`)).outcome).toBe('pass')
  })

  test.each([
    'resource-metadata',
    'resourceMetadata',
    'resource_metadata_url',
    'as_uri',
    'authorization_uri',
  ])('may have %s instead, which is named', (name) => {
    const [finding] = run(rule, refused(`Bearer ${name}="${url}"`)).findings
    expect(finding).toMatchObject({ variant: 'misspelled' })
    expect(finding?.message).toContain(`"${name}"`)
  })

  test('is told where the metadata was found', () => {
    const root = 'https://mcp.example/.well-known/oauth-protected-resource'
    const there = probe('< HTTP/1.1 200 OK\n\n{"resource":"https://mcp.example/mcp"}', root)
    expect(run(rule, refused('Bearer') + lost + there).findings).toMatchObject([
      { severity: 'warning', remedy: `Add resource_metadata="${root}" to the Bearer challenge.` },
    ])
  })

  test('is no error where the login succeeds without metadata', () => {
    const http = refused('Bearer') + lost + lostAtRoot + accepted
    expect(run(rule, http).findings).toMatchObject([{ severity: 'warning' }])
  })
})
