import { describe, expect, test } from 'vitest'
import answer from '../../../rules/token/response-invalid.ts'
import { run } from '../run.ts'
import { ask, code, refused } from './requests.ts'

describe('token/response-invalid', () => {
  const token = '"access_token":"${secret at_ one}"'
  const bearer = `${token},"token_type":"Bearer"`
  test.each([
    ['access-token-missing', '"token_type":"Bearer"'],
    ['nested', `"data":{${bearer}}`],
    ['token-type-missing', token],
    ['token-type-unknown', `${token},"token_type":"mac"`],
    ['null-member', `${bearer},"refresh_token":null`],
    ['scope-type', `${bearer},"scope":["a"]`],
    ['expires-in', `${bearer},"expires_in":-1`],
    ['expires-in', `${bearer},"expires_in":1767272400`],
    ['expires-in', `${bearer},"expires_in":"an hour"`],
  ])('finds %s', (variant, members) => {
    expect(run(answer, ask(code, refused('200 OK', `{${members}}`))).findings).toMatchObject([
      { variant, severity: 'error', fault: 'authorization-server' },
    ])
  })

  test.each([
    ['expires-in', refused('200 OK', `{${bearer},"expires_in":"3600"}`)],
    ['cacheable', refused('200 OK', `{${bearer}}`, 'cache-control: max-age=60')],
  ])('only notes %s', (variant, response) => {
    expect(run(answer, ask(code, response)).findings).toMatchObject([{ variant, severity: 'info' }])
  })
})
