import { describe, expect, test } from 'vitest'
import rule from '../../../rules/token/response-not-json.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { ask, code, form, refused } from './requests.ts'

testExamples(rule, {
  good: [
    {
      name: 'JSON with a charset',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK
          < content-type: application/json;charset=UTF-8

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
  ],
  bad: [
    {
      name: 'form-encoded to a client that did not ask for JSON',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK
          < content-type: application/x-www-form-urlencoded; charset=utf-8

          access_token=\${secret gho_}&scope=repo&token_type=bearer`,
      expect: { variant: 'form-encoded', fault: 'client' },
    },
    {
      name: 'JSON labelled as text',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1

          < HTTP/1.1 200 OK
          < content-type: text/plain

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      expect: { variant: 'wrong-type-but-json', severity: 'warning' },
    },
  ],
})

describe('token/response-not-json', () => {
  const flat = 'access_token=${secret at_ one}&token_type=bearer'
  test.each([
    ['form-encoded', 'client', ask(code, refused('200 OK', flat, `content-type: ${form}`))],
    [
      'form-encoded',
      'authorization-server',
      ask(code, refused('200 OK', flat, `content-type: ${form}`), {
        type: `${form}\n> accept: application/json`,
      }),
    ],
    [
      'html',
      'authorization-server',
      ask(code, refused('200 OK', '<p>Hi', 'content-type: text/html')),
    ],
    [
      'wrong-type-but-json',
      'authorization-server',
      ask(
        code,
        refused('200 OK', '{"access_token":"${secret at_ one}"}', 'content-type: text/plain'),
      ),
    ],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(rule, http).findings).toMatchObject([{ variant, fault }])
  })
})
