import { describe, expect, test } from 'vitest'
import port from '../../../rules/authorization/loopback-port-rejected.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { asks, handedOver, page, registered } from './redirect-uris.ts'

const document = `
  > GET https://app.example/client.json

  < HTTP/1.1 200 OK
  < content-type: application/json

  {"client_id":"https://app.example/client.json","client_name":"app","redirect_uris":["http://localhost/cb"]}
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
