import { describe, expect, test } from 'vitest'
import rule from '../../../rules/challenge/unparseable.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { refused, url } from './refused-calls.ts'

testExamples(rule, {
  good: [
    {
      name: 'a parameter may stand in a field line of its own',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer scope="mcp:tools"
        < www-authenticate: resource_metadata="https://mcp.example/.well-known/oauth-protected-resource"`,
    },
  ],
  bad: [
    {
      name: 'a quotation mark that is never closed swallows the next parameter',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp, scope="mcp:tools"`,
      expect: { variant: 'unbalanced-quotes', severity: 'error' },
    },
    {
      name: 'a bare URL, which both SDKs still read',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata=https://mcp.example/.well-known/oauth-protected-resource/mcp`,
      expect: { variant: 'unquoted-url', severity: 'warning' },
    },
    {
      name: 'a colon after the scheme',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer: resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'colon-after-scheme', severity: 'error' },
    },
    {
      name: 'a missing comma, over which lenient clients stumble along',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer realm="mcp" resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'missing-comma', severity: 'warning' },
    },
    {
      name: 'parameters without a scheme',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`,
      expect: { variant: 'no-scheme', severity: 'error' },
    },
  ],
})

describe('a challenge that breaks the grammar', () => {
  test('is not asked of an answer without one', () => {
    expect(run(rule, refused()).outcome).toBe('silent')
  })

  test.each([
    ['single-quotes', `Bearer resource_metadata='${url}'`, 'error'],
    ['json', `Bearer {"resource_metadata":"${url}"}`, 'error'],
    ['html-escaped', `Bearer resource_metadata=&quot;${url}&quot;`, 'error'],
    ['colon-for-equals', `Bearer resource_metadata: "${url}"`, 'error'],
    ['semicolon', `Bearer realm="a"; resource_metadata="${url}"`, 'warning'],
    ['no-scheme', `resource_metadata="${url}", Bearer`, 'error'],
  ])('is told as %s', (variant, field, severity) => {
    expect(run(rule, refused(field)).findings).toMatchObject([{ variant, severity }])
  })

  test('comes with the field as it ought to be, and with what the SDKs read', () => {
    const [finding] = run(rule, refused(`Bearer resource_metadata='${url}', scope=mcp`)).findings
    expect(finding?.remedy).toBe(
      `Write it so: WWW-Authenticate: Bearer resource_metadata="${url}", scope="mcp".`,
    )
    expect(finding?.evidence.map(({ note }) => note)).toContain(
      'the TypeScript SDK reads nothing as resource_metadata and "mcp" as scope',
    )
  })

  test('says what it is when nothing can be made of it', () => {
    const [finding] = run(rule, refused('Please log in, dear client')).findings
    expect(finding).toMatchObject({ severity: 'error', fault: 'resource-server' })
    expect(finding?.remedy).toContain('Bearer resource_metadata="<metadata URL>"')
  })
})
