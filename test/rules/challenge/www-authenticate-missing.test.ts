import { describe, expect, test } from 'vitest'
import rule from '../../../rules/challenge/www-authenticate-missing.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { testExamples } from '../examples.ts'
import { anyRule, run } from '../run.ts'
import { accepted, call, lost, lostAtRoot, probe, refused } from './refused-calls.ts'

testExamples(rule, {
  good: [
    {
      name: 'an HTTP/2 field is the same in lower case, and may come in several lines',
      http: `
        > POST https://mcp.example/mcp HTTP/2

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/2 401
        < www-authenticate: Bearer realm="mcp"
        < www-authenticate: DPoP algs="ES256"`,
    },
  ],
  bad: [
    {
      name: 'a bare 401, and the metadata is at its well-known URL all the same',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 200 OK

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      expect: { severity: 'warning' },
    },
    {
      name: 'a bare 401, and the metadata is nowhere',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

        < HTTP/1.1 404 Not Found`,
      expect: { severity: 'error' },
    },
    {
      name: 'a gateway answers with a page of its own',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < server: nginx/1.27.2
        < content-type: text/html

        <html><head><title>401 Authorization Required</title></head></html>`,
      expect: { fault: 'intermediary' },
    },
    ...[
      ['Amazon API Gateway', 'apigw-requestid: Hx3kfhdPoAMEMWg=', 'Unauthorized'],
      ['its older kind', 'x-amz-apigw-id: Hx3kfhdPoAMEMWg=', 'Missing Authentication Token'],
      ['Kong', 'x-kong-proxy-latency: 1', 'No API key found in request'],
    ].map(([name, field, words]) => ({
      name: `${name} answers for itself`,
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < ${field}
        < content-type: application/json

        {"message":"${words}"}`,
      expect: { fault: 'intermediary' as const, severity: 'error' as const },
    })),
    {
      name: 'a server behind a gateway answers in its own words',
      http: `
        > POST https://mcp.example/mcp

        {"jsonrpc":"2.0","id":1,"method":"initialize"}

        < HTTP/1.1 401 Unauthorized
        < apigw-requestid: Hx3kfhdPoAMEMWg=
        < content-type: application/json

        {"message":"Unauthorized","code":"no_session"}`,
      expect: { fault: 'resource-server' },
    },
    ...['curl/8.7.1', 'HTTPie/3.2.4', 'PostmanRuntime/7.45.0'].map((program) => ({
      name: `a person finds the metadata with ${program}, which the client does not`,
      http: `
        > POST https://mcp.example/mcp
        > user-agent: app/1

        {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

        < HTTP/1.1 401 Unauthorized

        > GET https://mcp.example/.well-known/oauth-protected-resource/mcp
        > user-agent: ${program}

        < HTTP/1.1 200 OK
        < content-type: application/json

        {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}`,
      expect: { severity: 'error' as const, fault: 'resource-server' as const },
    })),
  ],
})

const found = probe(
  '< HTTP/1.1 200 OK\n\n{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}',
)

const legacy = 'https://mcp.example/.well-known/oauth-authorization-server'

describe('a missing field', () => {
  test('is only asked of a 401', () => {
    expect(run(rule, refused(undefined, '403 Forbidden')).outcome).toBe('silent')
  })

  test('in the refusal of a credential brings to mind that the credential may be wrong', () => {
    const hint = (fields: string) =>
      run(rule, call('< HTTP/1.1 401 Unauthorized', '', fields)).findings[0]!.hint
    expect(hint('> authorization: Bearer ${secret key_ one}')).toContain('API key')
    expect(hint('')).toBeUndefined()
  })

  test('ends the login of whoever stopped there, in every revision', () => {
    for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25'] as const) {
      const { findings } = run(rule, refused(), revision)
      expect(findings[0]?.severity).toBe('error')
    }
    const went = refused() + probe('< HTTP/1.1 404 Not Found', legacy)
    expect(run(rule, went, '2025-03-26').findings[0]?.severity).toBe('warning')
  })

  test('where only a refused token goes without one, that is said', () => {
    const late = call(
      '< HTTP/1.1 401 Unauthorized',
      '',
      '> authorization: Bearer ${secret at_ one}',
    )
    const finding = run(rule, refused('Bearer') + accepted + late).findings[0]
    expect(finding?.message).toContain('only a call without a token gets one')
    expect(finding?.severity).toBe('warning')
  })

  test('that a gateway renamed is another rule’s', () => {
    const answer = `< HTTP/1.1 401 Unauthorized\n< x-amzn-remapped-www-authenticate: Bearer`
    expect(run(rule, call(answer)).outcome).toBe('silent')
  })

  test('cannot be seen in a capture that lacks it', () => {
    const http = call('< HTTP/1.1 401 Unauthorized', '# missing=www-authenticate\n')
    expect(run(rule, http).outcome).toBe('blind')
  })

  test('is as missing when it is empty', () => {
    expect(run(rule, refused('')).outcome).toBe('fail')
  })

  test('is one finding, however often it is missing', () => {
    expect(run(rule, refused() + refused() + found).findings).toHaveLength(1)
  })

  test.each([
    ['error', 'the client stops there', refused()],
    ['error', 'the metadata is nowhere', refused() + lost + lostAtRoot],
    ['warning', 'the metadata is found', refused() + lost + found],
    ['warning', 'the login succeeds without metadata', refused() + lost + lostAtRoot + accepted],
    [
      'warning',
      'the client goes on with what it has stored',
      `${refused()}\n> POST https://as.example/token\n\ngrant_type=refresh_token&refresh_token=r\n\n< HTTP/1.1 200 OK\n\n{"access_token":"a"}\n`,
    ],
  ])('is an %s when %s', (severity, _, http) => {
    expect(run(rule, http).findings).toMatchObject([{ severity }])
  })

  test.each([
    ['2025-03-26', 'warning'],
    ['2025-06-18', 'error'],
    ['2025-11-25', 'warning'],
  ] as const)(
    'under %s is at worst a matter of %s where the metadata is found',
    (revision, severity) => {
      expect(run(rule, refused() + found, revision).findings).toMatchObject([{ severity }])
    },
  )

  test('live, grows to an error only after the client had its time to look', () => {
    const session = new Session({
      rules: [anyRule(rule)],
      tool: { name: 'authtap', version: '0', rules: '' },
    })
    const [exchange] = parseTranscript(refused())
    session.ingest(exchange!)
    session.judge()
    expect(session.report().findings).toMatchObject([{ severity: 'warning' }])
    session.advance(exchange!.startedAt + 20_000)
    expect(session.report().findings).toMatchObject([{ severity: 'error', confidence: 'likely' }])
  })
})
