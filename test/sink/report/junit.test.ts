import { expect, test } from 'vitest'
import { junit } from '../../../src/sink/report/junit.ts'
import { broken, healthy, hostile, judged, made } from './judged.ts'
import { nestingFaults } from './tags.ts'

const text = made(junit, broken)

test.each([
  ['broken', broken],
  ['healthy', healthy],
  ['hostile', hostile],
])('the XML of the %s capture is well formed', (_, capture) => {
  expect(nestingFaults(made(junit, capture), 'xml')).toEqual([])
})

test('each rule is a test case, and the totals are right', () => {
  const count = (pattern: RegExp) => (text.match(pattern) ?? []).length
  expect(count(/<testcase /g)).toBe(broken.rules.length)
  const totals = /tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(text)!
  expect(totals.slice(1).map(Number)).toEqual([
    count(/<testcase /g),
    count(/<failure /g),
    count(/<error /g),
    count(/<skipped /g),
  ])
})

test('an error is a failure of its rule, with evidence and fix', () => {
  const failed = /<testcase [^>]*name="audience\/aud-mismatch[^>]*>([^]*?)<\/testcase>/.exec(
    text,
  )![1]!
  expect(failed).toMatch(/<failure type="authorization-server" message="[^"]*elsewhere\.example/)
  expect(failed).toContain('Fix: ')
  expect(failed).toContain('RFC 8707 §2')
})

test('a rule that had nothing to look at is skipped and not passed', () => {
  const silent = broken.rules.find(({ outcome }) => outcome === 'silent')!
  const element = new RegExp(`name="${silent.id}:[^>]*>([^]*?)</testcase>`).exec(text)![1]!
  expect(element).toContain('<skipped message="there was nothing to look at"/>')
})

test('a blind rule is skipped and names what it could not see', async () => {
  const capture = await judged(`
> POST https://mcp.example/mcp
> content-type: application/json

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=${'${secret c_}'}&redirect_uri=http://127.0.0.1:1/cb&client_id=c

< HTTP/1.1 400 Bad Request
< content-type: application/json

{"error":"invalid_grant"}
`)
  const blind = capture.report.blind[0]!
  expect(made(junit, capture)).toContain(`could not see ${blind.leg}`)
})

test('an ignored rule is skipped on request', async () => {
  const capture = await judged('> GET https://mcp.example/mcp\n\n< HTTP/1.1 200 OK\n', [
    '--ignore',
    'audience/aud-mismatch',
  ])
  expect(made(junit, capture)).toContain('<skipped message="left out by --ignore"/>')
})
