import { expect, test } from 'vitest'
import rule from '../../../rules/flow/auth-not-started.ts'
import { run } from '../run.ts'

const call = (field: string, answer: string) => `
> POST https://mcp.example/mcp
> content-type: application/json${field}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

${answer}
`
const challenge = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer'

test('a client that comes again without a token does not begin a login', () => {
  const { findings } = run(rule, call('', challenge) + call('', challenge))
  expect(findings).toMatchObject([{ variant: 'unauthenticated-retry', fault: 'client' }])
})

test('a client that comes again with a token has one from elsewhere', () => {
  const configured = call(
    '\n> authorization: Bearer ${secret at_ own}',
    '< HTTP/1.1 400 Bad Request',
  )
  expect(run(rule, call('', challenge) + configured).findings).toEqual([])
})
