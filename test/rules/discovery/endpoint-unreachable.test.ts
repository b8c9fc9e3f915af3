import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/endpoint-unreachable.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { asm, call, get, ok, resource } from './searches.ts'

testExamples(rule, {
  bad: [
    {
      name: 'no route to the only host there is',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        ! tcp ETIMEDOUT`,
      expect: { variant: 'timeout', fault: 'intermediary' },
    },
    {
      name: 'a port for TLS that hangs up on plain http',
      http: `
        > POST http://mcp.example:8443/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        ! http ECONNRESET read ECONNRESET`,
      expect: { variant: 'reset', fault: 'undetermined' },
    },
    {
      name: 'a certificate of an unknown authority',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        ! tls SELF_SIGNED_CERT_IN_CHAIN self-signed certificate in certificate chain`,
      expect: { variant: 'tls-certificate', fault: 'undetermined' },
    },
    {
      name: 'a host that answered a moment before resets the connection',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < www-authenticate: Bearer

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        ! http ECONNRESET read ECONNRESET

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 404 Not Found`,
      expect: { variant: 'reset', severity: 'warning' },
    },
    {
      name: 'a host that answered a moment before is gone for good',
      http: `
        > POST https://as.example/register
        > content-type: application/json

        {"redirect_uris":["http://127.0.0.1:1/cb"]}

        < HTTP/1.1 201 Created

        {"client_id":"app"}

        > POST https://as.example/token

        grant_type=authorization_code&code=c1

        ! tcp ECONNREFUSED connect ECONNREFUSED 192.0.2.1:443`,
      expect: { severity: 'error', fault: 'authorization-server' },
    },
  ],
})

test('a request that is served when it is sent again ended nothing, however long nobody was asked before', () => {
  const refresh = (answer: string) => `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=refresh_token&refresh_token=r1&client_id=app

${answer}
`
  const lost = refresh('! tcp ECONNRESET socket hang up')
  const served = refresh(
    '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ two}","token_type":"Bearer"}',
  )
  const severity = (http: string) => run(rule, http).findings[0]?.severity
  const before = '# at 12:00:00\n${opening until mcp}\n\n# at 13:30:00'
  expect(severity(before + lost + served)).toBe('warning')
  expect(severity(before + lost)).toBe('error')
})

testExamples(rule, {
  bad: [
    {
      name: 'plain http to a port that speaks TLS',
      http: `
          > POST http://mcp.example:8443/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 400 Bad Request
          < content-type: text/plain

          Client sent an HTTP request to an HTTPS server.`,
      expect: { variant: 'plain-to-tls-port', fault: 'undetermined' },
    },
  ],
})

describe('a host that gives no answer', () => {
  test.each([
    ['the client went away', '! client-gone ECLIENTGONE'],
    ['authtap itself gave up', '! http EBUG'],
  ])('is not blamed when %s', (_, failure) => {
    expect(run(rule, call(failure)).outcome).toBe('silent')
  })

  test('is not one whose stream ends', () => {
    expect(run(rule, call('< HTTP/1.1 200 OK\n\ndata: {}\n\n! http ECONNRESET')).outcome).toBe(
      'pass',
    )
  })

  test('is shown with the document that names it', () => {
    const document = { issuer: 'https://as.example', token_endpoint: 'https://tokens.example/t' }
    const http =
      resource('https://as.example') +
      get(asm, ok(document)) +
      '\n> POST https://tokens.example/t\n> content-type: application/x-www-form-urlencoded\n\ngrant_type=authorization_code&code=c1\n\n! tls CERT_HAS_EXPIRED certificate has expired\n'
    const [finding] = run(rule, http).findings
    expect(finding).toMatchObject({ variant: 'tls-certificate', fault: 'authorization-server' })
    expect(finding?.evidence[1]).toMatchObject({
      at: 'response.json/token_endpoint',
      text: 'https://tokens.example/t',
    })
  })
})
