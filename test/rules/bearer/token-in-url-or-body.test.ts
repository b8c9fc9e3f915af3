import rule from '../../../rules/bearer/token-in-url-or-body.ts'
import { testExamples } from '../examples.ts'

const call = (
  query: string,
  fields = '',
  body = '{"jsonrpc":"2.0","id":1,"method":"initialize"}',
) => `
> POST https://mcp.example/mcp${query}${fields}

${body}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer
`

const token = '${jwt {"iss":"https://as.example","aud":"https://mcp.example/mcp"}}'

testExamples(rule, {
  good: [
    { name: 'an API key of the server, outside OAuth', http: call('?api_key=4711') },
    { name: 'an opaque token of some other name', http: call('?token=4711') },
  ],
  bad: [
    {
      name: 'a JWT in the query that was issued out of sight',
      http: call(`?token=${token}`),
      expect: { variant: 'query', severity: 'error' },
    },
    {
      name: 'something called access_token',
      http: call('?access_token=4711'),
      expect: { variant: 'query', severity: 'info' },
    },
    {
      name: 'a form',
      http: call(
        '',
        '\n> accept: text/event-stream\n> content-type: application/x-www-form-urlencoded',
        `access_token=${token}`,
      ),
      expect: { variant: 'form-body', severity: 'error' },
    },
    {
      name: 'a cookie',
      http: call('', `\n> cookie: a=b; access_token=${token}`),
      expect: { variant: 'cookie', severity: 'error' },
    },
    {
      name: 'in its field as well',
      http: call(`?access_token=${token}`, `\n> authorization: Bearer ${token}`),
      expect: { variant: 'multiple-methods', severity: 'error' },
    },
  ],
})
