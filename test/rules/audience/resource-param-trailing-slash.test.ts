import { describe, expect, test } from 'vitest'
import rule from '../../../rules/audience/resource-param-trailing-slash.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { call, issued, metadata, redeem, result } from './resource-parameters.ts'

testExamples(rule, {
  good: [
    {
      name: 'another resource altogether is another mistake',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

        # handed-over
        > GET https://as.example/a?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fother`,
    },
  ],
  bad: [
    {
      name: 'the authorization server does not know the other spelling',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp/","authorization_servers":["https://as.example"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

        < HTTP/1.1 400 Bad Request

        {"error":"invalid_target"}`,
      expect: { variant: 'removed-slash', severity: 'error' },
    },
    {
      name: 'the MCP server refuses the token that was issued for the other spelling',
      http: `
        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 200 OK

        {"resource":"https://MCP.example","authorization_servers":["https://as.example"]}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1&client_id=app&resource=https%3A%2F%2Fmcp.example

        < HTTP/1.1 200 OK

        {"access_token":"\${jwt {"aud":"https://mcp.example"}}","token_type":"Bearer"}

        > POST https://mcp.example/
        > authorization: Bearer \${jwt {"aud":"https://mcp.example"}}

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer error="invalid_token"`,
      expect: { variant: 'lowercased', severity: 'error' },
    },
  ],
})

describe('a resource in another spelling', () => {
  const sent = redeem('https://mcp.example/mcp/', issued('${secret at_ one}'))

  test('is nothing to clients of 2025-03-26', () => {
    const http = metadata('https://mcp.example/mcp') + sent
    expect(run(rule, http, '2025-03-26').outcome).toBe('silent')
  })

  test('cannot be told where the metadata was not seen', () => {
    expect(run(rule, sent, '2025-11-25').outcome).toBe('blind')
  })

  test('does not count when the exact one is sent beside it', () => {
    const both = redeem(
      'https://mcp.example/mcp/',
      issued('${secret at_ one}'),
      '&resource=https%3A%2F%2Fmcp.example%2Fmcp',
    )
    expect(run(rule, metadata('https://mcp.example/mcp') + both).outcome).toBe('pass')
  })

  test.each([
    ['https://mcp.example/mcp', 'https://mcp.example:443/mcp', 'default-port'],
    ['https://mcp.example/mcp', 'https://mcp.example/%6Dcp', 'percent-encoding'],
    ['https://MCP.example/mcp', 'https://mcp.example/mcp', 'lowercased'],
  ])('%s is published and %s sent: %s', (published, value, variant) => {
    const { findings } = run(rule, metadata(published) + redeem(value, issued('${secret at_ one}')))
    expect(findings.map((one) => [one.variant, one.severity])).toEqual([[variant, 'warning']])
  })

  test('is one finding, however many legs carry it', () => {
    const http = metadata('https://mcp.example/mcp') + sent + sent.replace('c1', 'c2')
    expect(run(rule, http).findings).toHaveLength(1)
  })

  test('stays a warning when the server takes the token', () => {
    const http = metadata('https://mcp.example/mcp') + sent + call('${secret at_ one}', result)
    expect(run(rule, http).findings.map(({ severity }) => severity)).toEqual(['warning'])
  })
})
