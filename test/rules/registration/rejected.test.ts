import { expect, test } from 'vitest'
import rule from '../../../rules/registration/rejected.ts'
import { runRule } from '../../../src/core/example.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'
import { testExamples } from '../examples.ts'
import { anyRule } from '../run.ts'

const { rules } = await loadRules()

const answered = (status: string, body: string) => `
  > POST https://as.example/register
  > content-type: application/json

  {"redirect_uris":["http://127.0.0.1:5000/cb"]}

  < HTTP/1.1 ${status}
  < content-type: application/json

  ${body}`

testExamples(rule, {
  good: [],
  bad: [
    {
      name: 'a redirect URI that is refused in words of the own of the server',
      http: answered('422 Unprocessable Entity', '{"message":"Redirect URL is not on the list"}'),
      expect: { variant: 'redirect-uri', fault: 'authorization-server' },
    },
    {
      name: 'a member that is wanted, in words of the own of the server',
      http: answered('400 Bad Request', '{"message":"client_name is required"}'),
      expect: { variant: 'metadata', fault: 'client' },
    },
    {
      name: 'words that say nothing of the client metadata',
      http: answered('400 Bad Request', '{"message":"no"}'),
      expect: { variant: 'metadata', fault: 'authorization-server' },
    },
    {
      name: 'a code that is none of those about client metadata',
      http: answered('400 Bad Request', '{"error":"registration_not_supported"}'),
      expect: { variant: 'not-supported', fault: 'authorization-server' },
    },
    {
      name: 'an https redirect URI with a fragment',
      http: answered('400 Bad Request', '{"error":"invalid_redirect_uri"}').replace(
        'http://127.0.0.1:5000/cb',
        'https://app.example/cb#a',
      ),
      expect: { variant: 'redirect-uri', fault: 'client' },
    },
  ],
})

test('a page of a bot check in its place refuses no registration', () => {
  const fields = ['server: cloudflare', 'cf-ray: 8a1b2c3d4e5f6a7b-FRA', 'cf-mitigated: challenge']
  const page = answered(
    ['403 Forbidden', ...fields].join('\n  < '),
    '<!DOCTYPE html><title>Just a moment...</title>',
  ).replace('application/json\n\n  <!', 'text/html\n\n  <!')
  const found = (http: string) => runRule(anyRule(rule), rules, parseTranscript(http)).findings
  expect(found(page)).toEqual([])
  expect(found(answered('403 Forbidden', '{"error":"access_denied"}'))).toHaveLength(1)
})

testExamples(rule, {
  bad: [
    {
      name: 'the client registers with a method that the metadata does not list',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","response_types_supported":["code"],"registration_endpoint":"https://as.example/register","token_endpoint_auth_methods_supported":["client_secret_basic"]}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none"}

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_client_metadata"}`,
      expect: { variant: 'metadata', fault: 'client' },
    },
    {
      name: 'the endpoint is advertised and not there',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 404 Not Found
          < content-type: text/html

          <h1>Not Found</h1>`,
      expect: { variant: 'disabled' },
    },
  ],
})
