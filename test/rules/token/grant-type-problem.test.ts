import { describe, expect, test } from 'vitest'
import grant from '../../../rules/token/grant-type-problem.ts'
import { run } from '../run.ts'
import { ask, code, error, issued, metadata } from './requests.ts'

describe('token/grant-type-problem', () => {
  const registered = `
> POST https://as.example/register
> content-type: application/json

{"redirect_uris":["http://127.0.0.1:1/cb"]}

< HTTP/1.1 201 Created

{"client_id":"app","grant_types":["authorization_code"]}
`
  const offers = metadata('as.example', ',"grant_types_supported":["authorization_code"]')
  const machine = 'grant_type=client_credentials&client_id=app'
  test.each([
    ['password', 'error', 'client', ask('grant_type=password&username=u&password=p', issued)],
    ['unadvertised', 'info', 'client', offers + ask(machine, issued)],
    ['unadvertised', 'error', 'client', offers + ask(machine, error('unsupported_grant_type'))],
    ['undeclared', 'error', 'client', registered + ask(machine, error('unauthorized_client'))],
    ['rejected', 'error', 'authorization-server', offers + ask(code, error('unauthorized_client'))],
  ])('finds one that is %s: %s, %s', (variant, severity, fault, http) => {
    expect(run(grant, http).findings).toMatchObject([{ variant, severity, fault }])
  })

  test('is judged by the metadata of the server that is asked', () => {
    const http =
      offers + ask(machine, error('unsupported_grant_type'), { url: 'https://idp.example/token' })
    expect(run(grant, http).outcome).toBe('pass')
  })
})
