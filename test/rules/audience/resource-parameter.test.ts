/** Rules that compare `resource` with what the server calls itself. */
import { describe, expect, test } from 'vitest'
import rejects from '../../../rules/audience/as-rejects-resource.ts'
import accepts from '../../../rules/audience/server-accepts-wrong-audience.ts'
import respelled from '../../../rules/audience/resource-param-trailing-slash.ts'
import { run } from '../run.ts'

const metadata = (resource: string, more = '') => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"${resource}","authorization_servers":["https://as.example"]${more}}
`
const redeem = (resource: string, answer: string, more = '') => `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app&resource=${encodeURIComponent(resource)}${more}

${answer}
`
const invalidTarget = '< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_target"}'
const issued = (token: string) =>
  `< HTTP/1.1 200 OK\n\n{"access_token":"${token}","token_type":"Bearer"}`
const call = (token: string, answer: string) => `
> POST https://mcp.example/mcp${token === '' ? '' : `\n> authorization: Bearer ${token}`}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

${answer}
`
const result = '< HTTP/1.1 200 OK\n\n{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}'

describe('a resource in another spelling', () => {
  const sent = redeem('https://mcp.example/mcp/', issued('${secret at_ one}'))

  test('is nothing to clients of 2025-03-26', () => {
    const http = metadata('https://mcp.example/mcp') + sent
    expect(run(respelled, http, '2025-03-26').outcome).toBe('silent')
  })

  test('cannot be told where the metadata was not seen', () => {
    expect(run(respelled, sent, '2025-11-25').outcome).toBe('blind')
  })

  test('does not count when the exact one is sent beside it', () => {
    const both = redeem(
      'https://mcp.example/mcp/',
      issued('${secret at_ one}'),
      '&resource=https%3A%2F%2Fmcp.example%2Fmcp',
    )
    expect(run(respelled, metadata('https://mcp.example/mcp') + both).outcome).toBe('pass')
  })

  test.each([
    ['https://mcp.example/mcp', 'https://mcp.example:443/mcp', 'default-port'],
    ['https://mcp.example/mcp', 'https://mcp.example/%6Dcp', 'percent-encoding'],
    ['https://MCP.example/mcp', 'https://mcp.example/mcp', 'lowercased'],
  ])('%s is published and %s sent: %s', (published, value, variant) => {
    const { findings } = run(
      respelled,
      metadata(published) + redeem(value, issued('${secret at_ one}')),
    )
    expect(findings.map((one) => [one.variant, one.severity])).toEqual([[variant, 'warning']])
  })

  test('is one finding, however many legs carry it', () => {
    const http = metadata('https://mcp.example/mcp') + sent + sent.replace('c1', 'c2')
    expect(run(respelled, http).findings).toHaveLength(1)
  })

  test('stays a warning when the server takes the token', () => {
    const http = metadata('https://mcp.example/mcp') + sent + call('${secret at_ one}', result)
    expect(run(respelled, http).findings.map(({ severity }) => severity)).toEqual(['warning'])
  })
})

describe('invalid_target', () => {
  test.each([
    ['for a resource of the client’s own invention', 'https://other.example/mcp'],
    ['for a resource in the client’s own spelling', 'https://mcp.example/mcp/'],
  ])('%s is no fault of the server', (_, resource) => {
    const http = metadata('https://mcp.example/mcp') + redeem(resource, invalidTarget)
    expect(run(rejects, http).outcome).toBe('silent')
  })

  test('without a resource in the request says nothing about it', () => {
    const http = `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app

${invalidTarget}`
    expect(run(rejects, http).outcome).toBe('silent')
  })

  test('is a warning once a later attempt succeeds', () => {
    const resource = 'https://mcp.example/mcp'
    const http =
      metadata(resource) +
      redeem(resource, invalidTarget) +
      redeem(resource, issued('${secret at_ one}'))
    expect(run(rejects, http).findings.map(({ severity }) => severity)).toEqual(['warning'])
  })

  test('of Entra ID comes with advice for Entra ID', () => {
    const http = redeem('https://mcp.example/mcp', invalidTarget).replace(
      'https://as.example/token',
      'https://login.microsoftonline.com/t/oauth2/v2.0/token',
    )
    expect(run(rejects, http).findings[0]?.hint).toContain('identifierUris')
  })
})

describe('a token for another audience that is accepted', () => {
  const foreign = '${jwt {"aud":"https://api.example"}}'

  test('may be what the authorization server gives to those who ask well', () => {
    const http =
      metadata('https://mcp.example/mcp') +
      redeem('https://mcp.example/mcp', issued(foreign)) +
      call(foreign, result)
    expect(run(accepts, http).outcome).toBe('silent')
  })

  test('proves nothing where no token is asked for', () => {
    expect(run(accepts, call('', result) + call(foreign, result)).outcome).toBe('silent')
  })

  test.each([
    ['an error of JSON-RPC', '{"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"no"}}'],
    [
      'an error of the tool',
      '{"jsonrpc":"2.0","id":1,"result":{"isError":true,"content":[{"type":"text","text":"no"}]}}',
    ],
  ])('is not accepted when the answer is %s', (_, answer) => {
    expect(run(accepts, call(foreign, `< HTTP/1.1 200 OK\n\n${answer}`)).outcome).toBe('silent')
  })

  test('is a note for servers of 2025-03-26', () => {
    const { findings } = run(accepts, call(foreign, result), '2025-03-26')
    expect(findings.map(({ severity }) => severity)).toEqual(['info'])
  })

  test('is at home at the service that issued it', () => {
    const http = call('${secret ghp_ one}', result).replaceAll(
      'mcp.example',
      'api.githubcopilot.com',
    )
    expect(run(accepts, http).outcome).toBe('silent')
  })
})
