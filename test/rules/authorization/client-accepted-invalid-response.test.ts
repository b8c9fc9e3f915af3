import { describe, expect, test } from 'vitest'
import accepted from '../../../rules/authorization/client-accepted-invalid-response.ts'
import { run } from '../run.ts'
import { authorize, blind, callback, hidden, metadata, query, usual } from './authorization-legs.ts'
import type { Params } from './authorization-legs.ts'

const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

const token = (changes: Params = {}) => `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

${query({ grant_type: 'authorization_code', code: 'c1', client_id: 'app', code_verifier: verifier, ...changes })}

< HTTP/1.1 200 OK

{"access_token":"\${secret at_ one}","token_type":"Bearer"}
`

describe('authorization/client-accepted-invalid-response', () => {
  const promised = metadata(',"authorization_response_iss_parameter_supported":true')
  const { state: sent } = usual
  test.each([
    ['iss-missing', promised + authorize() + callback({ code: 'c1', state: sent }) + token()],
    [
      'iss-mismatch',
      promised +
        authorize() +
        callback({ code: 'c1', state: sent, iss: 'https://evil.example' }) +
        token(),
    ],
    ['state', promised + authorize() + callback({ code: 'c1', state: 'another' }) + token()],
  ])('finds %s', (variant, http) => {
    expect(run(accepted, http).findings).toMatchObject([{ variant, fault: 'client' }])
  })

  test.each([
    ['the authorization response', promised + authorize() + token()],
    ['the authorization request', promised + callback({ code: 'c1', state: sent }) + token()],
    [
      'the authorization request',
      promised + hidden + callback({ code: 'c1', state: sent }) + token(),
    ],
    ['the server metadata', authorize() + callback({ code: 'c1', state: sent }) + token()],
  ])('cannot be told without %s', (leg, http) => {
    expect(run(accepted, http)).toMatchObject(blind(leg))
  })
})
