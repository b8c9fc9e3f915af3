import rule from '../../../rules/bearer/token-sent-to-wrong-host.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

const elsewhere = flow
  .call('tools/list', flow.firstToken)
  .replace(flow.endpoint, 'https://other.example/mcp')
const bearer = `\n> authorization: Bearer ${flow.firstToken}`
const get = (url: string) =>
  flow.get(url, flow.notFound).replace('\n> accept', `${bearer}\n> accept`)
const redirect = '< HTTP/1.1 307 Temporary Redirect\n< location: https://other.example/mcp'

testExamples(rule, {
  good: [
    { name: 'a whole login', http: flow.flowWith() },
    {
      name: 'the data of the user, from the authorization server',
      http: flow.flowUpTo('list') + get('https://as.example/userinfo'),
    },
  ],
  bad: [
    {
      name: 'another MCP server',
      http: flow.flowUpTo('list') + elsewhere,
      expect: { variant: 'other-mcp-server', severity: 'error' },
    },
    {
      name: 'a redirect to another host',
      http:
        flow.flowUpTo('initialize') +
        flow.call('tools/list', flow.firstToken, redirect) +
        elsewhere,
      expect: { variant: 'redirect-target', severity: 'error' },
    },
    {
      name: 'metadata elsewhere',
      http: flow.flowUpTo('list') + get('https://other.example/.well-known/openid-configuration'),
      expect: { variant: 'metadata-url', severity: 'error' },
    },
    {
      name: 'a server of 2025-03-26',
      revision: '2025-03-26',
      http: flow.flowUpTo('list') + elsewhere,
      expect: { variant: 'other-mcp-server', severity: 'info' },
    },
  ],
})
