import rule from '../../../rules/security/origin-not-enforced.ts'
import { testExamples } from '../examples.ts'

const list = '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}'
const call = (
  origin: string,
  answer = `< HTTP/1.1 200 OK\n\n${list}`,
  host = 'http://127.0.0.1:3000',
) => `
> POST ${host}/mcp
> origin: ${origin}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

${answer}
`
const local = call('http://127.0.0.1:6274')

testExamples(rule, {
  good: [
    {
      name: 'the foreign page is answered with an error',
      http: local + call('https://evil.example', '< HTTP/1.1 400 Bad Request'),
    },
    { name: 'a desktop program', http: local + call('vscode-file://vscode-app') },
    {
      name: 'a public server, whose policy nobody knows',
      http: local + call('https://app.example', undefined, 'https://mcp.example'),
    },
  ],
  bad: [
    {
      name: 'a sandboxed frame',
      http: call('null'),
      expect: { variant: 'null-origin', severity: 'warning' },
    },
    {
      name: 'a page that the server names as allowed',
      http: call(
        'https://app.example',
        `< HTTP/1.1 200 OK\n< access-control-allow-origin: https://app.example\n\n${list}`,
      ),
      expect: { variant: 'foreign-origin', severity: 'info' },
    },
    {
      name: 'a server in a private network',
      http: call('https://evil.example', undefined, 'http://192.168.1.7:3000'),
      expect: { variant: 'foreign-origin', severity: 'warning' },
    },
  ],
})
