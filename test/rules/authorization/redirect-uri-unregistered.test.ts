import { describe, expect, test } from 'vitest'
import unregistered from '../../../rules/authorization/redirect-uri-unregistered.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { asks, handedOver, page, registered } from './redirect-uris.ts'

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
