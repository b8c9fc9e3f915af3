import { expect, test } from 'vitest'
import rule from '../../../rules/flow/step-failed.ts'
import { runRule } from '../../../src/core/example.ts'
import type { StepKind } from '../../../src/core/step/step.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Rule } from '../../../src/core/verdict/rule.ts'
import { anyRule, run } from '../run.ts'

const initialize = '{"jsonrpc":"2.0","id":1,"method":"initialize"}'

test('a server that asks for another scheme alone is told of', () => {
  const http = `> POST https://mcp.example/mcp\n\n${initialize}\n\n< HTTP/1.1 401 Unauthorized\n< www-authenticate: Basic realm="intranet"\n`
  expect(run(rule, http).findings).toMatchObject([{ variant: 'other-scheme', severity: 'error' }])
})

const unanswered = (seconds: string) =>
  `# at 12:00:00 until 12:00:${seconds}\n> POST https://mcp.example/mcp\n> authorization: Bearer \${secret at_}\n\n${initialize}\n\n! client-gone ECLIENTGONE\n`

test('a call that was never answered is told of, not one that was given up at once', () => {
  expect(run(rule, unanswered('30')).findings).toMatchObject([
    { variant: 'no-answer', fault: 'resource-server' },
  ])
  expect(run(rule, unanswered('01')).findings).toEqual([])
})

const call = (method: string, answer: string) =>
  `> ${method} https://mcp.example/mcp\n> authorization: Bearer \${secret at_}\n> accept: text/event-stream\n\n${method === 'POST' ? initialize : ''}\n\n${answer}\n\n`
const accepted = call(
  'POST',
  '< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"jsonrpc":"2.0","id":1,"result":{}}',
)

test.each([
  ['a server that offers no event stream', call('GET', '< HTTP/1.1 405 Method Not Allowed')],
  ['a stream that is refused to a client that is in', call('GET', '< HTTP/1.1 401 Unauthorized')],
  ['a session that the server does not end', call('DELETE', '< HTTP/1.1 404 Not Found')],
  ['a stream that the client ends', call('GET', '! client-gone ECLIENTGONE')],
])('%s ends no login in failure', (_, more) => {
  expect(run(rule, accepted + more).findings).toEqual([])
})

test('an error of a method that the server does not have is an answer all the same', () => {
  const unknown = call(
    'POST',
    '< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}',
  )
  expect(run(rule, accepted + unknown).findings).toEqual([])
})

const { aggregates: _, ...plain } = anyRule(rule)

/** A rule that finds an error at every step of a kind. */
const finding = (on: StepKind, more: Partial<Rule>): Rule => ({
  ...plain,
  id: 'test/found',
  ...more,
  on,
  *check(step) {
    yield { message: 'found', fault: 'client', evidence: [{ step, at: 'request.url' }] }
  },
})

const failing = `\${opening until token}\n\n${call('POST', '< HTTP/1.1 500 Internal Server Error')}`

test.each([
  ['at an earlier step that says nothing of it', finding('registration', {}), 1],
  [
    'at an earlier step that is known to end so',
    finding('registration', { explains: [rule.id] }),
    0,
  ],
  ['at the call that failed', finding('mcp', {}), 0],
  ['at the call that failed, by which no login breaks', finding('mcp', { weakness: true }), 1],
])('an error %s', (_, other, found) => {
  const { findings } = runRule(anyRule(rule), [other], parseTranscript(failing))
  expect(findings).toHaveLength(found)
})

test('an error that was told of one call is not told again of the next that fails alike', () => {
  const twice = call('POST', '< HTTP/1.1 401 Unauthorized').replace('at_', 'at_ 1')
  const again = call('POST', '< HTTP/1.1 401 Unauthorized').replace('at_', 'at_ 2')
  const first = finding('challenge', {})
  const once: Rule = {
    ...first,
    *check(step, flow) {
      if (flow.of('challenge')[0] === step) return yield* first.check(step, flow)
      return 'silent'
    },
  }
  const exchanges = parseTranscript(`${twice}\${opening only token}\n\n${again}`)
  expect(runRule(anyRule(rule), [once], exchanges).findings).toEqual([])
})

const request =
  '# handed-over\n> GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb\n\n'
const brought = (status: string) =>
  `> GET http://127.0.0.1:5000/cb?code=c1&state=s1\n\n< HTTP/1.1 ${status}\n\nThis login is not mine\n\n`

test.each(['400 Bad Request', '500 Internal Server Error'])(
  'a client that answers the browser with %s fails its login, though nothing tells whether it is right to',
  (status) => {
    const [found, ...others] = run(rule, request + brought(status)).findings
    expect(others).toEqual([])
    expect(found).toMatchObject({ severity: 'error', fault: 'undetermined' })
    expect(found?.message).toContain(
      `the authorization response brought to http://127.0.0.1:5000/cb is answered ${status.slice(0, 3)} ("This login is not mine")`,
    )
  },
)

test('a client that redeems the code, or has done so before its page is loaded again, has not failed there', () => {
  const token = '${opening only token}\n\n'
  const refused = brought('400 Bad Request')
  expect(run(rule, request + refused + token).findings).toEqual([])
  expect(run(rule, request + brought('200 OK') + token + refused).findings).toEqual([])
  expect(run(rule, request + brought('200 OK') + refused).findings).toEqual([])
})
