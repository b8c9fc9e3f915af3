import { expect, test } from 'vitest'
import { errorsBeside, exampleFaults } from '../../src/core/example.ts'
import { blind, defineRule } from '../../src/core/verdict/rule.ts'
import { loadRules } from '../../src/rules.ts'
import { anyRule } from '../rules/run.ts'

const rule = anyRule(
  defineRule({
    id: 'house/teapot',
    title: 'It finds teapots',
    severity: ['error'],
    fault: ['client'],
    spec: ['RFC 6749 §5.1'],
    revisions: 'all',
    why: 'Why.',
    remedy: 'Mend it.',
    on: 'token',
    *check(step) {
      if (step.status === 418) yield { message: 'a teapot', evidence: [] }
      if (step.ok) return
      return step.status === 400 ? 'silent' : blind('the registration')
    },
    examples: { good: [], bad: [] },
  }),
)

function answered(status: string): string {
  return `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 ${status}
< content-type: application/json

{"access_token":"\${secret at_}","token_type":"Bearer"}
`
}

test.each([
  ['200 OK', 'it ends in pass'],
  ['400 Bad Request', 'it ends in silent'],
  ['500 Internal Server Error', 'it ends in blind: the registration was not visible'],
])('a bad example that gives no finding at %s says how the check ended', async (status, ending) => {
  const example = { name: 'one', http: answered(status) }
  expect(await exampleFaults(rule, [rule], example, false)).toEqual([
    expect.stringContaining(ending),
  ])
})

test('an error of another rule in an example is named, its consequences are not', async () => {
  const { rules } = await loadRules()
  const pkce = rules.find(({ id }) => id === 'pkce/verifier-missing')!
  const http = `
\${opening until callback}

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fother

< HTTP/1.1 400 Bad Request
< content-type: application/json

{"error":"invalid_grant"}
`
  const example = { name: 'one', http }
  const beside = await errorsBeside(pkce, rules, example)
  expect(beside.map((finding) => finding.rule)).toEqual(['token/redirect-uri-mismatch'])
})
