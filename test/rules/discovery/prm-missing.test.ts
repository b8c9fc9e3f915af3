import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/prm-missing.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { call, challenge, get, lost, prm } from './searches.ts'

testExamples(rule, {
  good: [
    {
      name: 'the challenge may name any URL',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer resource_metadata="https://docs.example/mcp.json"

        > GET https://docs.example/mcp.json

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
    },
  ],
  bad: [
    {
      name: 'there is only what 2025-03-26 wanted, and the login ends nowhere',
      http: `
        > POST https://mcp.example/

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 404 Not Found

        > GET https://mcp.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://mcp.example","authorization_endpoint":"https://mcp.example/authorize","token_endpoint":"https://mcp.example/token","response_types_supported":["code"]}`,
      expect: { variant: 'legacy-metadata-only', severity: 'error' },
    },
    {
      name: 'the server is one of 2025-03-26',
      revision: '2025-03-26',
      http: `
        > POST https://mcp.example/

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource

        < HTTP/1.1 404 Not Found`,
      expect: { severity: 'info' },
    },
  ],
})

const accepted = `
> POST https://mcp.example/mcp
> authorization: Bearer \${secret at_ one}

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

< HTTP/1.1 200 OK
`

describe('missing resource metadata', () => {
  const nowhere = get(`${prm}/mcp`, lost) + get(prm, lost)

  test.each([
    ['the root was not asked', challenge('Bearer') + get(`${prm}/mcp`, lost)],
    [
      'the URL in the challenge was not asked',
      challenge(`Bearer resource_metadata="https://x.example/prm"`) + nowhere,
    ],
    [
      'a gateway hid the challenge',
      call('< HTTP/1.1 401 Unauthorized\n< x-amzn-remapped-www-authenticate: Bearer') + nowhere,
    ],
    [
      'a page stands in its place',
      challenge('Bearer') +
        get(`${prm}/mcp`, '< HTTP/1.1 200 OK\n\n<html></html>') +
        get(prm, lost),
    ],
    [
      'the host could not be reached',
      challenge('Bearer') + get(`${prm}/mcp`, '! tcp ETIMEDOUT') + get(prm, lost),
    ],
    ['the server demands no authorization', nowhere + call('< HTTP/1.1 200 OK')],
  ])('is not proven when %s', (_, http) => {
    expect(run(rule, http).outcome).toBe('silent')
  })

  test('cannot be told from probes alone', () => {
    expect(run(rule, nowhere).outcome).toBe('blind')
  })

  test('is no error where the login succeeds without it, as under 2025-03-26', () => {
    const http = challenge('Bearer') + nowhere + accepted
    expect(run(rule, http).findings).toMatchObject([{ severity: 'warning' }])
  })

  test('is one finding that shows every place', () => {
    const [finding, ...more] = run(rule, challenge('Bearer') + nowhere).findings
    expect(more).toEqual([])
    expect(finding?.evidence.map(({ note }) => note)).toEqual([`${prm}/mcp`, prm, 'the endpoint'])
    expect(finding?.remedy).toContain(`${prm}/mcp`)
  })
})
