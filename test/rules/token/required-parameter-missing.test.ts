import { describe, expect, test } from 'vitest'
import parameter from '../../../rules/token/required-parameter-missing.ts'
import { run } from '../run.ts'
import { ask, code, error, form, issued } from './requests.ts'

describe('token/required-parameter-missing', () => {
  test.each([
    ['grant_type', 'code=c1&client_id=app'],
    ['code', 'grant_type=authorization_code&client_id=app'],
    ['client_id', 'grant_type=authorization_code&code=c1'],
    ['refresh_token', 'grant_type=refresh_token&client_id=app'],
    ['empty', 'grant_type=authorization_code&code=&client_id=app'],
    ['duplicate', `${code}&client_id=app`],
    ['assertion', 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&client_id=app'],
    [
      'subject_token_type',
      'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=app&subject_token=x',
    ],
  ])('finds %s', (variant, body) => {
    expect(run(parameter, ask(body, error('invalid_request'))).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('names the grant where there is one', () => {
    const message = (body: string) =>
      run(parameter, ask(body, error('invalid_request'))).findings[0]?.message
    expect(message('code=c1&client_id=app')).toBe('the token request has no grant_type')
    expect(message('grant_type=refresh_token&client_id=app')).toBe(
      'the token request for refresh_token has no refresh_token',
    )
  })

  test('is none where the resource stands twice, or Basic says who the client is', () => {
    const twice = `${code}&resource=https%3A%2F%2Fa.example&resource=https%3A%2F%2Fb.example`
    expect(run(parameter, ask(twice, issued)).outcome).toBe('pass')
    const basic = ask('grant_type=authorization_code&code=c1', issued, {
      type: `${form}\n> authorization: Basic YXBwOnM=`,
    })
    expect(run(parameter, basic).outcome).toBe('pass')
  })
})
