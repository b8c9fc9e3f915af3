import { expect, test } from 'vitest'
import { runRule } from '../../../src/core/example.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { loadRules } from '../../../src/rules.ts'

const { rules } = await loadRules()
const rule = rules.find(({ id }) => id === 'authorization/valid-response-rejected')!

const registration = `
  > POST https://as.example/register
  > content-type: application/json

  {"redirect_uris":["http://127.0.0.1:5000/cb"]}

  < HTTP/1.1 201 Created

  {"client_id":"app"}
`
const metadata = (more = '') => `
  > GET https://as.example/.well-known/oauth-authorization-server

  < HTTP/1.1 200 OK

  {"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize"${more}}
`
const response = (more = '') => `
  # handed-over
  > GET https://as.example/authorize?response_type=code&client_id=app&state=s1

  # handed-over
  > GET http://127.0.0.1:5000/cb?code=c1&state=s1${more}
`
const judge = (...parts: string[]) => runRule(rule, rules, parseTranscript(parts.join('\n')))

test('without the metadata nobody can say whether the response was right', () => {
  const { outcome, findings } = judge(registration, response())
  expect(outcome).toBe('blind')
  expect(findings).toEqual([])
})

test('a response that lacks the iss which was promised is not a correct one', () => {
  const promised = metadata(',"authorization_response_iss_parameter_supported":true')
  expect(judge(promised, response()).findings).toEqual([])
  expect(judge(metadata(), response()).findings).toHaveLength(1)
})

test('what is quoted is there: the code, and iss only where it was sent', () => {
  const places = (more: string) =>
    judge(metadata(), response(more)).findings[0]!.evidence.map(({ at }) => at)
  expect(places('')).toEqual(['request.query.code'])
  expect(places('&iss=https%3A%2F%2Fas.example')).toEqual([
    'request.query.code',
    'request.query.iss',
  ])
})

const rpc = (id: number, method: string) => `{"jsonrpc":"2.0","id":${id},"method":"${method}"}`
const call = (answer: string) => `
  > POST https://mcp.example/mcp
  > authorization: Bearer \${secret at_ kept}

  ${rpc(1, 'tools/list')}

  ${answer}
`
const served =
  '< HTTP/1.1 200 OK\n  < content-type: application/json\n\n  {"jsonrpc":"2.0","id":1,"result":{}}'

test('a second login, because of one call, is no matter where its first token goes on', () => {
  const stream = call('< HTTP/1.1 401 Unauthorized\n  < www-authenticate: Bearer')
  expect(judge(metadata(), call(served), stream, response(), call(served)).findings).toEqual([])
  expect(judge(metadata(), call(served), response(), call(served)).findings).toEqual([])
})

test('what stands between the client and the token endpoint is to blame', () => {
  const later = (url: string, answer: string) => `
  > GET https://${url}

  < HTTP/1.1 ${answer}
`
  const server = 'as.example/.well-known/oauth-authorization-server'
  const resource = 'mcp.example/.well-known/oauth-protected-resource/mcp'
  const count = (...after: string[]) => judge(metadata(), response(), ...after).findings.length
  expect(count(later(server, '404 Not Found'))).toBe(0)
  expect(count(later(resource, '502 Bad Gateway'))).toBe(0)
  // A search that ends at the document stops nobody.
  expect(count(later(`${server}/x`, '404 Not Found'), metadata())).toBe(1)
  expect(count(later(resource, '404 Not Found'))).toBe(1)
})

test('a client that answers a right response with an error has discarded it', () => {
  const answered =
    '${opening until callback unanswered}\n\n< HTTP/1.1 404 Not Found\n\nunknown state'
  const [finding] = judge(answered).findings
  expect(finding?.message).toContain('is answered 404')
  expect(finding?.evidence.map(({ at }) => at)).toContain('response.status')
})
