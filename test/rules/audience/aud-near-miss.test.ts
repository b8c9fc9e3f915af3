import { describe, expect, test } from 'vitest'
import rule from '../../../rules/audience/aud-near-miss.ts'
import { login } from '../claims/judged-tokens.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

testExamples(rule, {
  good: [
    {
      name: 'another spelling, and the server takes it',
      http: `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${jwt {"aud":"https://mcp.example/mcp/"}}

          {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

          < HTTP/1.1 200 OK
          < content-type: application/json

          {"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25"}}`,
    },
  ],
})

describe('audience/aud-near-miss', () => {
  test.each([
    ['https://mcp.example/mcp/', 'trailing-slash'],
    ['https://MCP.example/mcp', 'case'],
    ['http://mcp.example/mcp', 'scheme'],
    ['https://mcp.example:8443/mcp', 'port'],
    ['https://www.mcp.example/mcp', 'www'],
    ['https://mcp.example', 'path-missing'],
  ])('%s is %s', (aud, variant) => {
    const { findings } = run(rule, login({ aud }, 'invalid audience'))
    expect(findings).toMatchObject([{ variant, severity: 'error', confidence: 'certain' }])
  })

  test('is no matter of it where the server names another check', () => {
    const http = login({ aud: 'https://mcp.example' }, 'token expired')
    expect(run(rule, http).outcome).toBe('pass')
  })
})
