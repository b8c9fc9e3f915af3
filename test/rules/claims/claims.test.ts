/** Rules on the claims of a token. */
import { describe, expect, test } from 'vitest'
import audMissing from '../../../rules/audience/aud-missing.ts'
import issuer from '../../../rules/claims/issuer-mismatch.ts'
import nearMiss from '../../../rules/audience/aud-near-miss.ts'
import required from '../../../rules/claims/required-claim-missing.ts'
import time from '../../../rules/claims/time-invalid.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const jwt = (claims: object) => `\${jwt ${JSON.stringify(claims)}}`
const call = (token: string, answer: string) => `
> POST https://mcp.example/mcp
> authorization: Bearer ${token}

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

${answer}
`
const refused = (words: string) =>
  `< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token", error_description="${words}"`
const metadata = (named: string) => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["${named}"]}

> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK

{"issuer":"${named}","token_endpoint":"https://as.example/token"}
`
const issue = (token: string, fields = '') => `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 200 OK${fields}

{"access_token":"${token}","token_type":"Bearer"}
`
/** A token that is issued and refused in these words. */
const login = (claims: object, words: string, named = 'https://as.example') =>
  metadata(named) + issue(jwt(claims)) + call(jwt(claims), refused(words))

describe('claims/issuer-mismatch', () => {
  testExamples(issuer, {
    bad: [
      {
        name: 'another host of the same tenant',
        http: login({ iss: 'https://as.example/v2' }, 'invalid issuer', 'https://as.example/v1'),
        expect: { variant: 'alias', severity: 'error' },
      },
      {
        name: 'the other of two versions of a tenant',
        http: login(
          { iss: 'https://sts.windows.net/t1/' },
          'invalid issuer',
          'https://login.microsoftonline.com/t1/v2.0',
        ),
        expect: { variant: 'version', severity: 'error' },
      },
      {
        name: 'a server that nobody lists',
        http: login({ iss: 'https://login.example' }, 'signature verification failed'),
        expect: { variant: 'unlisted', severity: 'error', fault: 'authorization-server' },
      },
    ],
  })

  test.each(['invalid audience', 'token expired', 'missing required claim: sub'])(
    'is no matter of it where the server says %j',
    (words) => {
      expect(run(issuer, login({ iss: 'https://login.example' }, words)).outcome).toBe('pass')
    },
  )
})

describe('claims/required-claim-missing', () => {
  testExamples(required, {
    good: [
      {
        name: 'the same under another name',
        http: login({ scp: 'mcp' }, 'missing required claim: scope'),
      },
    ],
    bad: [
      {
        name: 'no client_id under any name',
        http: login({ sub: '1' }, 'missing required claim: client_id'),
        expect: { variant: 'client_id', severity: 'error' },
      },
    ],
  })
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
    const { findings } = run(nearMiss, login({ aud }, 'invalid audience'))
    expect(findings).toMatchObject([{ variant, severity: 'error', confidence: 'certain' }])
  })

  test('is no matter of it where the server names another check', () => {
    const http = login({ aud: 'https://mcp.example' }, 'token expired')
    expect(run(nearMiss, http).outcome).toBe('pass')
  })
})

describe('audience/aud-missing', () => {
  test.each([
    ['invalid audience', 'fail'],
    ['missing required claim: aud', 'fail'],
    ['no', 'fail'],
    ['missing required claim: sub', 'silent'],
    ['token expired', 'silent'],
    ['signature verification failed', 'silent'],
  ])('where the server says %j: %s', (words, outcome) => {
    expect(run(audMissing, login({ iss: 'https://as.example' }, words)).outcome).toBe(outcome)
  })
})

describe('claims/time-invalid', () => {
  testExamples(time, {
    good: [
      {
        name: 'a clock half a minute ahead',
        http: `${issue(jwt({ iat: 1767268830 }))}${call(jwt({ iat: 1767268830 }), refused('no'))}`,
      },
      {
        name: 'milliseconds, which the server takes',
        http: `${issue(jwt({ exp: 1767272400000 }))}${call(jwt({ exp: 1767272400000 }), '< HTTP/1.1 200 OK')}`,
      },
    ],
    bad: [
      {
        name: 'milliseconds',
        http: `${issue(jwt({ exp: 1767272400000 }))}${call(jwt({ exp: 1767272400000 }), refused('no'))}`,
        expect: { variant: 'milliseconds', severity: 'error', fault: 'authorization-server' },
      },
    ],
  })
})
