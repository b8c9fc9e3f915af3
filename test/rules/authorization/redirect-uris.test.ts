/** Rules on redirect URIs that the server does not take. */
import { describe, expect, test } from 'vitest'
import port from '../../../rules/authorization/loopback-port-rejected.ts'
import unregistered from '../../../rules/authorization/redirect-uri-unregistered.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const registered = (uri: string) => `
  > POST https://as.example/register
  > content-type: application/json

  {"redirect_uris":["${uri}"]}

  < HTTP/1.1 201 Created

  {"client_id":"app","redirect_uris":["${uri}"]}
`
const document = `
  > GET https://app.example/client.json

  < HTTP/1.1 200 OK
  < content-type: application/json

  {"client_id":"https://app.example/client.json","client_name":"app","redirect_uris":["http://localhost/cb"]}
`
const asks = (uri: string, answer: string, client = 'app') => `
  > GET https://as.example/authorize?response_type=code&client_id=${encodeURIComponent(client)}&state=s1&redirect_uri=${encodeURIComponent(uri)}

  ${answer}
`
const page = (status: string, words: string) => `< HTTP/1.1 ${status}\n\n  ${words}`
const handedOver = (uri: string) => `
  # handed-over
  > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=${encodeURIComponent(uri)}
`

describe('authorization/loopback-port-rejected', () => {
  testExamples(port, {
    good: [
      {
        name: 'another port, and a refusal for the scope',
        http:
          registered('http://127.0.0.1:5000/cb') +
          asks('http://127.0.0.1:6000/cb', page('400 Bad Request', 'invalid_scope: unknown scope')),
      },
      {
        name: 'another port, and a server that fails',
        http:
          registered('http://127.0.0.1:5000/cb') +
          asks('http://127.0.0.1:6000/cb', page('500 Internal Server Error', 'Something broke')),
      },
      {
        name: 'the very port that was registered, and a refusal',
        http:
          registered('http://127.0.0.1:5000/cb') +
          asks('http://127.0.0.1:5000/cb', page('400 Bad Request', 'Invalid redirect URI')),
      },
    ],
    bad: [
      {
        name: 'another port, and a refusal without a word',
        http:
          registered('http://127.0.0.1:5000/cb') +
          asks('http://127.0.0.1:6000/cb', page('400 Bad Request', 'Bad Request')),
        expect: { severity: 'error', fault: 'authorization-server' },
      },
      {
        name: 'a document that names no port, and a page that says so',
        http:
          asks(
            'http://localhost:6000/cb',
            page('400 Bad Request', 'Invalid redirect_uri'),
            'https://app.example/client.json',
          ) + document,
        expect: { severity: 'error', fault: 'authorization-server' },
      },
    ],
  })

  test('is certain where the server names the redirect URI, and likely where it says nothing', () => {
    const refused = (words: string) =>
      run(
        port,
        registered('http://127.0.0.1:5000/cb') +
          asks('http://127.0.0.1:6000/cb', page('400 Bad Request', words)),
      ).findings[0]?.confidence
    expect(refused('Redirect URI mismatch')).toBe('certain')
    expect(refused('Bad Request')).toBe('likely')
  })

  test('cannot be told where what the browser got was not seen', () => {
    const http = registered('http://127.0.0.1:5000/cb') + handedOver('http://127.0.0.1:6000/cb')
    expect(run(port, http)).toMatchObject({ outcome: 'blind', leg: 'the authorization response' })
  })
})

describe('authorization/redirect-uri-unregistered', () => {
  testExamples(unregistered, {
    good: [
      {
        name: 'another port of a loopback address',
        http: registered('http://127.0.0.1:5000/cb') + handedOver('http://127.0.0.1:6000/cb'),
      },
    ],
    bad: [
      {
        name: 'another host that is loopback as well, and it is served',
        http:
          registered('http://127.0.0.1:5000/cb') +
          asks(
            'http://localhost:5000/cb',
            '< HTTP/1.1 302 Found\n  < location: http://localhost:5000/cb?code=c1&state=s1',
          ),
        expect: { variant: 'host', severity: 'warning' },
      },
      {
        name: 'another path, and an error page',
        http:
          registered('http://127.0.0.1:5000/cb') +
          asks('http://127.0.0.1:5000/back', page('400 Bad Request', 'no')),
        expect: { variant: 'path', severity: 'error' },
      },
    ],
  })

  test('cannot be told where the request is hidden in an object', () => {
    const http = `${registered('http://127.0.0.1:5000/cb')}
  > GET https://as.example/authorize?response_type=code&client_id=app&request=jar

  < HTTP/1.1 200 OK
`
    expect(run(unregistered, http)).toMatchObject({
      outcome: 'blind',
      leg: 'the authorization request',
    })
  })
})
