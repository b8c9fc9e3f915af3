import { describe, expect, test } from 'vitest'
import elsewhere from '../../../rules/token/grant-sent-to-wrong-as.ts'
import { run } from '../run.ts'
import { ask, code, error, metadata, refused } from './requests.ts'

describe('token/grant-sent-to-wrong-as', () => {
  const both = metadata('as.example') + metadata('other.example')
  const there = { url: 'https://other.example/token' }
  const login = `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s1

# handed-over
> GET http://127.0.0.1:1/cb?code=c1&state=s1
`
  const gives = refused(
    '200 OK',
    '{"access_token":"${secret at_ one}","token_type":"Bearer","refresh_token":"r1"}',
  )
  const refresh = 'grant_type=refresh_token&refresh_token=r1&client_id=app'
  const assertion =
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=app&assertion=${jwt {"iss":"https://idp.example","aud":"https://as.example"}}'
  test.each([
    ['code', both + login + ask(code, error('invalid_grant'), there)],
    ['refresh-token', both + ask(code, gives) + ask(refresh, error('invalid_grant'), there)],
    ['assertion', both + ask(assertion, error('invalid_grant'), there)],
  ])('finds a %s', (variant, http) => {
    expect(run(elsewhere, http).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('cannot be told without the metadata of the two', () => {
    const http = metadata('as.example') + login + ask(code, error('invalid_grant'), there)
    expect(run(elsewhere, http)).toMatchObject({ outcome: 'blind', leg: 'the server metadata' })
  })
})
