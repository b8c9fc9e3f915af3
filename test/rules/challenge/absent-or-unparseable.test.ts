/** Rules on a challenge that is absent, lacks its metadata, or does not parse. */
import { describe, expect, test } from 'vitest'
import resourceMetadataMissing from '../../../rules/challenge/resource-metadata-missing.ts'
import unparseable from '../../../rules/challenge/unparseable.ts'
import wwwAuthenticateMissing from '../../../rules/challenge/www-authenticate-missing.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { anyRule, run } from '../run.ts'

const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'

function call(answer: string, about = '', fields = '') {
  const more = fields === '' ? '' : `${fields}\n`
  return `\n${about}> POST https://mcp.example/mcp\n${more}\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}\n\n${answer}\n`
}

function refused(field?: string, status = '401 Unauthorized') {
  const line = field === undefined ? '' : `\n< www-authenticate: ${field}`
  return call(`< HTTP/1.1 ${status}${line}`)
}

function probe(answer: string, at = url) {
  return `\n> GET ${at}\n\n${answer}\n`
}

const found = probe(
  '< HTTP/1.1 200 OK\n\n{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}',
)
const lost = probe('< HTTP/1.1 404 Not Found')
const lostAtRoot = probe(
  '< HTTP/1.1 404 Not Found',
  'https://mcp.example/.well-known/oauth-protected-resource',
)
const legacy = 'https://mcp.example/.well-known/oauth-authorization-server'
const accepted = call('< HTTP/1.1 200 OK', '', '> authorization: Bearer ${secret at_ one}')

describe('a missing field', () => {
  test('is only asked of a 401', () => {
    expect(run(wwwAuthenticateMissing, refused(undefined, '403 Forbidden')).outcome).toBe('silent')
  })

  test('in the refusal of a credential brings to mind that the credential may be wrong', () => {
    const hint = (fields: string) =>
      run(wwwAuthenticateMissing, call('< HTTP/1.1 401 Unauthorized', '', fields)).findings[0]!.hint
    expect(hint('> authorization: Bearer ${secret key_ one}')).toContain('API key')
    expect(hint('')).toBeUndefined()
  })

  test('ends the login of whoever stopped there, in every revision', () => {
    for (const revision of ['2025-03-26', '2025-06-18', '2025-11-25'] as const) {
      const { findings } = run(wwwAuthenticateMissing, refused(), revision)
      expect(findings[0]?.severity).toBe('error')
    }
    const went = refused() + probe('< HTTP/1.1 404 Not Found', legacy)
    expect(run(wwwAuthenticateMissing, went, '2025-03-26').findings[0]?.severity).toBe('warning')
  })

  test('where only a refused token goes without one, that is said', () => {
    const late = call(
      '< HTTP/1.1 401 Unauthorized',
      '',
      '> authorization: Bearer ${secret at_ one}',
    )
    const finding = run(wwwAuthenticateMissing, refused('Bearer') + accepted + late).findings[0]
    expect(finding?.message).toContain('only a call without a token gets one')
    expect(finding?.severity).toBe('warning')
  })

  test('that a gateway renamed is another rule’s', () => {
    const answer = `< HTTP/1.1 401 Unauthorized\n< x-amzn-remapped-www-authenticate: Bearer`
    expect(run(wwwAuthenticateMissing, call(answer)).outcome).toBe('silent')
  })

  test('cannot be seen in a capture that lacks it', () => {
    const http = call('< HTTP/1.1 401 Unauthorized', '# missing=www-authenticate\n')
    expect(run(wwwAuthenticateMissing, http).outcome).toBe('blind')
  })

  test('is as missing when it is empty', () => {
    expect(run(wwwAuthenticateMissing, refused('')).outcome).toBe('fail')
  })

  test('is one finding, however often it is missing', () => {
    expect(run(wwwAuthenticateMissing, refused() + refused() + found).findings).toHaveLength(1)
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
    expect(run(wwwAuthenticateMissing, http).findings).toMatchObject([{ severity }])
  })

  test.each([
    ['2025-03-26', 'warning'],
    ['2025-06-18', 'error'],
    ['2025-11-25', 'warning'],
  ] as const)(
    'under %s is at worst a matter of %s where the metadata is found',
    (revision, severity) => {
      expect(run(wwwAuthenticateMissing, refused() + found, revision).findings).toMatchObject([
        { severity },
      ])
    },
  )

  test('live, grows to an error only after the client had its time to look', () => {
    const session = new Session({
      rules: [anyRule(wwwAuthenticateMissing)],
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

describe('a challenge without resource_metadata', () => {
  test.each([
    ['a 403', refused('Bearer scope="a"', '403 Forbidden')],
    ['a scheme that no MCP client uses', refused('Negotiate')],
    ['no challenge at all', refused()],
  ])('is not asked of %s', (_, http) => {
    expect(run(resourceMetadataMissing, http).outcome).toBe('silent')
  })

  test('is right under 2025-03-26', () => {
    expect(run(resourceMetadataMissing, refused('Bearer'), '2025-03-26').outcome).toBe('silent')
  })

  test('is not claimed of one that is only badly written', () => {
    expect(run(resourceMetadataMissing, refused(`Bearer resource_metadata='${url}'`)).outcome).toBe(
      'pass',
    )
  })

  test.each([
    'resource-metadata',
    'resourceMetadata',
    'resource_metadata_url',
    'as_uri',
    'authorization_uri',
  ])('may have %s instead, which is named', (name) => {
    const [finding] = run(resourceMetadataMissing, refused(`Bearer ${name}="${url}"`)).findings
    expect(finding).toMatchObject({ variant: 'misspelled' })
    expect(finding?.message).toContain(`"${name}"`)
  })

  test('is told where the metadata was found', () => {
    const root = 'https://mcp.example/.well-known/oauth-protected-resource'
    const there = probe('< HTTP/1.1 200 OK\n\n{"resource":"https://mcp.example/mcp"}', root)
    expect(run(resourceMetadataMissing, refused('Bearer') + lost + there).findings).toMatchObject([
      { severity: 'warning', remedy: `Add resource_metadata="${root}" to the Bearer challenge.` },
    ])
  })

  test('is no error where the login succeeds without metadata', () => {
    const http = refused('Bearer') + lost + lostAtRoot + accepted
    expect(run(resourceMetadataMissing, http).findings).toMatchObject([{ severity: 'warning' }])
  })
})

describe('a challenge that breaks the grammar', () => {
  test('is not asked of an answer without one', () => {
    expect(run(unparseable, refused()).outcome).toBe('silent')
  })

  test.each([
    ['single-quotes', `Bearer resource_metadata='${url}'`, 'error'],
    ['json', `Bearer {"resource_metadata":"${url}"}`, 'error'],
    ['html-escaped', `Bearer resource_metadata=&quot;${url}&quot;`, 'error'],
    ['colon-for-equals', `Bearer resource_metadata: "${url}"`, 'error'],
    ['semicolon', `Bearer realm="a"; resource_metadata="${url}"`, 'warning'],
    ['no-scheme', `resource_metadata="${url}", Bearer`, 'error'],
  ])('is told as %s', (variant, field, severity) => {
    expect(run(unparseable, refused(field)).findings).toMatchObject([{ variant, severity }])
  })

  test('comes with the field as it ought to be, and with what the SDKs read', () => {
    const [finding] = run(
      unparseable,
      refused(`Bearer resource_metadata='${url}', scope=mcp`),
    ).findings
    expect(finding?.remedy).toBe(
      `Write it so: WWW-Authenticate: Bearer resource_metadata="${url}", scope="mcp".`,
    )
    expect(finding?.evidence.map(({ note }) => note)).toContain(
      'the TypeScript SDK reads nothing as resource_metadata and "mcp" as scope',
    )
  })

  test('says what it is when nothing can be made of it', () => {
    const [finding] = run(unparseable, refused('Please log in, dear client')).findings
    expect(finding).toMatchObject({ severity: 'error', fault: 'resource-server' })
    expect(finding?.remedy).toContain('Bearer resource_metadata="<metadata URL>"')
  })
})
