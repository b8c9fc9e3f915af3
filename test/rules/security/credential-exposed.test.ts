import rule from '../../../rules/security/credential-exposed.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

const refused = flow.json({ error: 'invalid_client' }, '401 Unauthorized')
const secret = flow.secret('cs_ one')
const echo = (words: string) => flow.json({ jsonrpc: '2.0', id: 2, result: { text: words } })

testExamples(rule, {
  good: [
    { name: 'a whole login', http: flow.flowWith() },
    {
      name: 'local development without TLS',
      http: flow.flowWith().replaceAll('https://as.example/token', 'http://localhost:3001/token'),
    },
    {
      name: 'a refresh token that stays as it is comes in the answer again',
      http: flow.tokenRequest(
        { grant_type: 'refresh_token', refresh_token: flow.secret('rt_ one') },
        flow.tokens(flow.firstToken, flow.secret('rt_ one')),
      ),
    },
  ],
  bad: [
    {
      name: 'a token over http, in a private network',
      http: flow
        .call('tools/list', flow.firstToken)
        .replace('https://mcp.example', 'http://10.0.0.7'),
      expect: { variant: 'plaintext', severity: 'warning', fault: 'client' },
    },
    {
      name: 'the parameters of the token request in its URL',
      http: `
        > POST https://as.example/token?grant_type=client_credentials&client_id=app&client_secret=${secret}
        > content-type: application/x-www-form-urlencoded

        grant_type=client_credentials

        < HTTP/1.1 401 Unauthorized`,
      expect: { variant: 'query', severity: 'error' },
    },
    {
      name: 'the verifier in the authorization request',
      http: flow.authorize({ code_verifier: flow.verifier }),
      expect: { variant: 'query', fault: 'client' },
    },
    {
      name: 'the secret in the words of the refusal',
      http: flow.tokenRequest(
        { grant_type: 'client_credentials', client_id: 'app', client_secret: secret },
        refused.replace('}', `,"error_description":"wrong secret ${secret}"}`),
      ),
      expect: { variant: 'echoed', severity: 'error', fault: 'authorization-server' },
    },
    {
      name: 'a tool that prints the token of its caller',
      http: flow.call(
        'tools/call',
        flow.secret('at_ one'),
        echo(`token=${flow.secret('at_ one')}`),
      ),
      expect: { variant: 'echoed', severity: 'warning', fault: 'resource-server' },
    },
    {
      name: 'the token request is sent on to another host',
      http: flow.tokenRequest(
        flow.redemption,
        '< HTTP/1.1 307 Temporary Redirect\n< location: https://login.example/token',
      ),
      expect: { variant: 'cross-origin-redirect', fault: 'authorization-server' },
    },
    {
      name: 'the code in Referer',
      http: flow
        .call('tools/list', 'x')
        .replace(
          '\n> authorization: Bearer x',
          `\n> referer: https://app.example/cb?code=${flow.secret('code_ one')}&state=s1`,
        ),
      expect: { variant: 'referer', fault: 'client' },
    },
  ],
})
