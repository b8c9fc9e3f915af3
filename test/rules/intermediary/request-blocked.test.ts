import { expect, test } from 'vitest'
import rule from '../../../rules/intermediary/request-blocked.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'

const call = (answer: string, fields = '') => `
> POST https://mcp.example/mcp${fields}

{"jsonrpc":"2.0","id":1,"method":"initialize"}

${answer}
`
const edge = '\n< server: cloudflare\n< cf-ray: 1'
const ok = `< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer${edge}\n< x-powered-by: Express`

test.each([
  [
    'a page',
    `< HTTP/1.1 403 Forbidden${edge}\n< content-type: text/html\n\n<html>Access denied</html>`,
  ],
  ['JSON', `< HTTP/1.1 403 Forbidden${edge}\n\n{"message":"access denied"}`],
  [
    'a challenge',
    `< HTTP/1.1 403 Forbidden${edge}\n< www-authenticate: Bearer error="insufficient_scope"`,
  ],
  ['an empty answer without anything to compare', `< HTTP/1.1 403 Forbidden${edge}`],
  ['words without an edge', '< HTTP/1.1 403 Forbidden\n\nAccess denied'],
  [
    'a server that is out of order',
    `< HTTP/1.1 503 Service Unavailable${edge}\n\nno healthy upstream`,
  ],
  [
    'too many requests, said by nobody',
    `< HTTP/1.1 429 Too Many Requests${edge}\n< retry-after: 5`,
  ],
])('is not seen in %s', (_, answer) => {
  expect(run(rule, call(answer)).findings).toEqual([])
})

test('is seen in an empty answer that lacks what the application always sends', () => {
  const { findings } = run(rule, call(ok) + call(`< HTTP/1.1 403 Forbidden${edge}`))
  expect(findings.map((one) => [one.severity, one.confidence])).toEqual([['error', 'likely']])
})

test('says what is new about the request that is blocked', () => {
  const token = '\n> authorization: Bearer ${secret at_ one}'
  const blocked = `< HTTP/1.1 403 Forbidden${edge}\n\nerror code: 1020`
  const { findings } = run(rule, call(ok) + call(blocked, token))
  expect(findings[0]?.message).toContain('without a token a request passed')
  expect(findings[0]?.confidence).toBe('certain')
})

test('is a warning once the same request passes', () => {
  const blocked = `< HTTP/1.1 429 Too Many Requests${edge}\n\nerror code: 1015`
  const passed = `< HTTP/1.1 200 OK${edge}\n\n{"jsonrpc":"2.0","id":1,"result":{}}`
  const { findings } = run(rule, call(blocked) + call(passed))
  expect(findings.map(({ severity }) => severity)).toEqual(['warning'])
})

testExamples(rule, {
  good: [
    {
      name: 'an empty 403 with the fields that the application always sends',
      http: `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer
          < server: cloudflare
          < x-request-id: 1

          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 403 Forbidden
          < server: cloudflare
          < x-request-id: 2`,
    },
  ],
  bad: [
    {
      name: 'registration is stopped by a firewall',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:1/cb"]}

          < HTTP/1.1 403 Forbidden
          < server: CloudFront
          < x-amzn-waf-action: block`,
    },
  ],
})
