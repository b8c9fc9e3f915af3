import { describe, expect, test } from 'vitest'
import notOAuth from '../../../rules/token/error-not-oauth.ts'
import { run } from '../run.ts'
import { ask, code, issued, refused } from './requests.ts'

describe('token/error-not-oauth', () => {
  const json = 'content-type: application/json'
  test.each([
    ['empty', refused('400 Bad Request')],
    [
      'html',
      refused('404 Not Found', '<!doctype html><title>x</title>', 'content-type: text/html'),
    ],
    ['text', refused('400 Bad Request', 'no such code')],
    ['json-rpc', refused('400 Bad Request', '{"jsonrpc":"2.0","error":{"code":-32600}}', json)],
    ['missing-error', refused('400 Bad Request', '{"message":"no"}', json)],
  ])('finds one that is %s', (variant, response) => {
    expect(run(notOAuth, ask(code, response)).findings).toMatchObject([
      { variant, severity: 'error', fault: 'authorization-server' },
    ])
  })

  test('is nothing of note where the next request is served', () => {
    const http = ask(code, refused('400 Bad Request')) + ask(code, issued)
    expect(run(notOAuth, http).findings).toMatchObject([{ severity: 'info' }])
  })
})
