import { describe, expect, test } from 'vitest'
import rule from '../../../rules/token/wrong-content-type.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { ask, code, error, issued, metadata, variants } from './requests.ts'

const redeemed = (answer: string) => `
> POST https://as.example/token
> content-type: text/plain

grant_type=authorization_code&code=c1&client_id=app

${answer}`

testExamples(rule, {
  bad: [
    {
      name: 'the server read it all the same: it knows the code',
      http: redeemed('< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_grant"}'),
      expect: { variant: 'other', severity: 'warning' },
    },
    {
      name: 'the server found no grant in it',
      http: redeemed('< HTTP/1.1 400 Bad Request\n\n{"error":"unsupported_grant_type"}'),
      expect: { variant: 'other', severity: 'error' },
    },
    {
      name: 'nobody answers',
      http: redeemed('! tcp ECONNREFUSED'),
      expect: { variant: 'other', severity: 'warning' },
    },
  ],
})

describe('token/wrong-content-type', () => {
  const no = error('invalid_request')
  test.each([
    ['json', ask('{"grant_type":"authorization_code"}', no, { type: 'application/json' })],
    ['multipart', ask('--b', no, { type: 'multipart/form-data; boundary=b' })],
    ['other', ask(code, no, { type: 'text/plain' })],
    ['other', ask(code, no, { type: '' })],
    ['query', ask('', no, { url: `https://as.example/token?${code}` })],
  ])('finds %s', (variant, http) => {
    expect(run(rule, metadata('as.example') + http).findings).toMatchObject([
      { variant, severity: 'error', fault: 'client' },
    ])
  })

  test('in the query, it is still the request of its login', () => {
    const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
    const astray = ask('', no, { url: `https://as.example/token?${code}` })
    for (const exchange of parseTranscript(`\${opening until callback}\n${astray}`))
      session.ingest(exchange)
    session.settle()
    expect(session.report().flows).toHaveLength(1)
  })

  test('is tolerated where the server takes it', () => {
    const http = ask(code, issued, { type: 'text/plain' })
    expect(variants(run(rule, http))).toEqual(['other'])
    expect(run(rule, http).findings[0]?.severity).toBe('warning')
    expect(run(rule, ask(code, issued, { type: '' })).outcome).toBe('pass')
  })
})
