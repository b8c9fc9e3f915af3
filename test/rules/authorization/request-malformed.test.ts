import { describe, expect, test } from 'vitest'
import request from '../../../rules/authorization/request-malformed.ts'
import { run } from '../run.ts'
import { authorize, hidden, metadata, theRequest } from './authorization-legs.ts'

describe('authorization/request-malformed', () => {
  test.each([
    ['client-id-missing', authorize({ client_id: '' })],
    ['duplicate', authorize({}, '', '&scope=a&scope=b')],
    ['response-type', authorize({ response_type: 'code id_token token' }) + ''],
    [
      'endpoint-query-dropped',
      metadata('', 'https://as.example/authorize?p=sign-in') + authorize(),
    ],
    ['par-required', metadata(',"require_pushed_authorization_requests":true') + authorize()],
  ])('finds %s', (variant, http) => {
    const offered = metadata(',"response_types_supported":["code"]')
    const known = http.includes('.well-known') ? http : offered + http
    expect(run(request, known).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('is none where the query of the endpoint is kept', () => {
    const http =
      metadata('', 'https://as.example/authorize?p=sign-in') + authorize({ p: 'sign-in' })
    expect(run(request, http).outcome).toBe('pass')
  })

  test('cannot be told of a request object', () => {
    expect(run(request, hidden)).toMatchObject(theRequest)
  })
})
