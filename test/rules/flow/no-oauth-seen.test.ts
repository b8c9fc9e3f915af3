import { expect, test } from 'vitest'
import rule from '../../../rules/flow/no-oauth-seen.ts'
import { run } from '../run.ts'

test('an error in a 200 may be how a server asks for a token', () => {
  const { outcome } = run(
    rule,
    `
      \${opening only challenge unanswered}

      < HTTP/1.1 200 OK
      < content-type: application/json

      {"jsonrpc":"2.0","id":1,"error":{"code":-32001,"message":"Unauthorized: log in first"}}`,
  )
  expect(outcome).toBe('silent')
})
