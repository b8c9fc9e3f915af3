/** Rules on what stands in a challenge. */
import { expect, test } from 'vitest'
import codes from '../../../rules/challenge/error-code-misuse.ts'
import metadata from '../../../rules/challenge/resource-metadata-unusable.ts'
import scheme from '../../../rules/challenge/no-bearer-scheme.ts'
import values from '../../../rules/challenge/duplicate-or-illegal-values.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const token = '> authorization: Bearer ${secret at_}'
const refused = (field: string, { sent = '', status = 401 } = {}) => `
  > POST https://mcp.example/mcp
  ${sent}

  {"jsonrpc":"2.0","id":1,"method":"initialize"}

  < HTTP/1.1 ${status} Refused
  < www-authenticate: ${field}
`
const naming = (url: string) => refused(`Bearer resource_metadata="${url}"`)
const wellKnown = 'https://mcp.example/.well-known/oauth-protected-resource'
const get = (url: string, answer: string) => `
  > GET ${url}

  < HTTP/1.1 ${answer}
`
const found = `200 OK

  {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`

testExamples(scheme, {
  good: [
    {
      name: 'DPoP first, Bearer behind it',
      http: refused('DPoP algs="ES256", Bearer realm="mcp"'),
    },
  ],
  bad: [
    {
      name: 'a scheme that nobody knows',
      http: refused('ApiKey realm="mcp"'),
      expect: { variant: 'unknown-scheme', severity: 'error' },
    },
    {
      name: 'DPoP alone',
      http: refused('DPoP algs="ES256"'),
      expect: { variant: 'dpop-only', severity: 'info' },
    },
    {
      name: 'a password is asked for, and the metadata is there',
      http: refused('Basic realm="mcp"') + get(`${wellKnown}/mcp`, found),
      expect: { variant: 'basic-only', fault: 'resource-server' },
    },
    {
      name: 'a client goes on all the same',
      http: `${refused('Basic realm="mcp"')}
  \${opening only resource-metadata server-metadata registration}`,
      expect: { variant: 'basic-only', severity: 'warning' },
    },
  ],
})

test('a client that sends a password was meant to', () => {
  const http = refused('Basic realm="mcp"', { sent: '> authorization: Basic YTpi' })
  expect(run(scheme, http).outcome).toBe('silent')
})

test('what does not parse is left to the rule about grammar', () => {
  expect(run(scheme, refused('realm="mcp"')).outcome).toBe('silent')
})

testExamples(metadata, {
  good: [
    {
      name: 'nothing is anywhere, which is another rule',
      http:
        naming(`${wellKnown}/mcp`) +
        get(`${wellKnown}/mcp`, '404 Not Found') +
        get(wellKnown, '404 Not Found'),
    },
    { name: 'the client never asked', http: naming('https://docs.example/prm.json') },
  ],
  bad: [
    {
      name: 'a placeholder',
      http: naming('https://{host}/.well-known/oauth-protected-resource'),
      expect: { variant: 'template', severity: 'error' },
    },
    {
      name: 'a comma at the end',
      http: naming(`${wellKnown},`),
      expect: { variant: 'remnant', severity: 'warning' },
    },
    {
      name: 'the endpoint itself',
      http: naming('https://mcp.example/mcp'),
      expect: { variant: 'points-to-mcp', severity: 'error' },
    },
    {
      name: 'nothing there, and the client gives up',
      http: naming('https://mcp.example/prm') + get('https://mcp.example/prm', '404 Not Found'),
      expect: { variant: 'not-found', severity: 'error' },
    },
    {
      name: 'nothing there, and the document is where it belongs',
      http:
        naming('https://mcp.example/prm') +
        get('https://mcp.example/prm', '404 Not Found') +
        get(`${wellKnown}/mcp`, found),
      expect: { variant: 'not-found', severity: 'warning' },
    },
  ],
})

testExamples(codes, {
  good: [
    {
      name: 'a code of a later RFC',
      http: `
          > POST https://mcp.example/mcp
          > authorization: DPoP \${secret at_}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: DPoP error="use_dpop_nonce"`,
    },
    {
      name: 'too little scope',
      http: refused('Bearer error="insufficient_scope", scope="a"', { sent: token, status: 403 }),
    },
    {
      name: 'step-up',
      http: refused('Bearer error="insufficient_user_authentication"', { sent: token }),
    },
  ],
  bad: [
    {
      name: 'a bad token with 403',
      http: refused('Bearer error="invalid_token"', { sent: token, status: 403 }),
      expect: { variant: 'status-mismatch', severity: 'warning' },
    },
    {
      name: 'too little scope with 401',
      http: refused('Bearer error="insufficient_scope"', { sent: token }),
      expect: { variant: 'status-mismatch' },
    },
    {
      name: 'a code of their own',
      http: refused('Bearer error="token_expired"', { sent: token }),
      expect: { variant: 'unregistered-code' },
    },
    {
      name: 'the same twice is told once',
      http: refused('Bearer error="token_expired"', { sent: token }).repeat(2),
      expect: { variant: 'unregistered-code' },
    },
  ],
})

test('a sanitised capture does not tell whether a token was sent', () => {
  const http = `  # missing=authorization${refused('Bearer error="invalid_token"')}`
  expect(run(codes, http).outcome).toBe('blind')
})

testExamples(values, {
  good: [{ name: 'a comma that belongs to a scope', http: refused('Bearer scope="read,write"') }],
  bad: [
    {
      name: 'the metadata is named twice, and nothing is at either place',
      http:
        refused(`Bearer resource_metadata="${wellKnown}/a", resource_metadata="${wellKnown}/mcp"`) +
        get(`${wellKnown}/a`, '404 Not Found') +
        get(`${wellKnown}/mcp`, '404 Not Found'),
      expect: { variant: 'repeated-parameter', severity: 'error' },
    },
    {
      name: 'an accent',
      http: refused('Bearer error="invalid_token", error_description="jeton expiré"'),
      expect: { variant: 'non-ascii' },
    },
    {
      name: 'two spaces',
      http: refused('Bearer scope="read  write"'),
      expect: { variant: 'scope-characters' },
    },
    {
      name: 'a stack trace',
      http: refused(`Bearer error_description="${'at line '.repeat(1100)}"`),
      expect: { variant: 'oversized' },
    },
  ],
})
