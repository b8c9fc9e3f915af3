import { describe, expect, test } from 'vitest'
import rule from '../../../rules/audience/server-accepts-wrong-audience.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { call, issued, metadata, redeem, result } from './resource-parameters.ts'

testExamples(rule, {
  bad: [
    {
      name: 'a token of GitHub is passed through',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${secret gho_ one}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 200 OK

        {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      expect: { variant: 'passthrough-token', severity: 'warning' },
    },
    {
      name: 'a name that only the server can know',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"aud":"api://default"}}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 200 OK

        {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      expect: { variant: 'foreign-aud', severity: 'info' },
    },
    {
      name: 'a JWT without aud',
      http: `
        > POST https://mcp.example/mcp
        > authorization: Bearer \${jwt {"sub":"somebody"}}

        {"jsonrpc":"2.0","id":1,"method":"tools/list"}

        < HTTP/1.1 200 OK

        {"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`,
      expect: { variant: 'aud-absent', severity: 'warning' },
    },
  ],
})

test('what is expected is named once where the resource is the URL of the endpoint', () => {
  const http = `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}

> POST https://mcp.example/mcp
> authorization: Bearer \${jwt {"aud":"https://other.example"}}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

< HTTP/1.1 200 OK

{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}`
  expect(run(rule, http).findings[0]?.message).toMatch(/expected "https:\/\/mcp\.example\/mcp"$/)
})

describe('a token for another audience that is accepted', () => {
  const foreign = '${jwt {"aud":"https://api.example"}}'

  test('may be what the authorization server gives to those who ask well', () => {
    const http =
      metadata('https://mcp.example/mcp') +
      redeem('https://mcp.example/mcp', issued(foreign)) +
      call(foreign, result)
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('proves nothing where no token is asked for', () => {
    expect(run(rule, call('', result) + call(foreign, result)).outcome).toBe('silent')
  })

  test.each([
    ['an error of JSON-RPC', '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}'],
    [
      'an error of the tool',
      '{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"no"}]}}',
    ],
  ])('is not accepted when the answer is %s', (_, answer) => {
    expect(run(rule, call(foreign, `< HTTP/1.1 200 OK\n\n${answer}`)).outcome).toBe('silent')
  })

  test('is a note for servers of 2025-03-26', () => {
    const { findings } = run(rule, call(foreign, result), '2025-03-26')
    expect(findings.map(({ severity }) => severity)).toEqual(['info'])
  })

  test('is at home at the service that issued it', () => {
    const http = call('${secret ghp_ one}', result).replaceAll(
      'mcp.example',
      'api.githubcopilot.com',
    )
    expect(run(rule, http).outcome).toBe('silent')
  })
})
