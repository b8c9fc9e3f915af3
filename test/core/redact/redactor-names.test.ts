import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { toEntry } from '../../../src/core/har/write.ts'

const secret = 'k9Xw'.repeat(6)
const shown = `Authorization: Bearer ${secret}`

/** What a redacted capture of these exchanges says. */
function redacted(http: string): string {
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const exchanges = parseTranscript(http)
  for (const exchange of exchanges) redactor.learn(exchange)
  return JSON.stringify(exchanges.map((exchange) => toEntry(redactor.exchange(exchange), {})))
}

const asked = (fields: string, body = '') => `
> POST https://mcp.example.com/mcp
> ${shown}
${fields}

${body}

< HTTP/1.1 200 OK

`

describe('a known secret that stands as a name is blanked there:', () => {
  test.each([
    ['of a field', `> ${secret}: x`, ''],
    ['of a cookie', `> Cookie: a=b; ${secret}=on`, ''],
    ['of a parameter', `> content-type: application/x-www-form-urlencoded`, `${secret}=x&a=b`],
    ['of a member', '> content-type: application/json', `{"${secret}":{"a":1}}`],
    [
      'of a part, and between the parts',
      `> content-type: multipart/form-data; boundary=${secret}`,
      `--${secret}\ncontent-disposition: form-data; name="${secret}"\n\nx\n--${secret}--`,
    ],
  ])('%s', (_, fields, body) => {
    const text = redacted(asked(fields, body))
    expect(text).not.toContain(secret)
    expect(text).toMatch(/‹access_token:[0-9a-f]{16}›/)
  })

  test('of a trailer', () => {
    const redactor = createRedactor({ key: new Uint8Array(32) })
    const [exchange] = parseTranscript(asked(''))
    const response = { ...exchange!.response!, trailers: [[secret, 'x']] as const }
    const text = JSON.stringify(redactor.exchange({ ...exchange!, response }).response?.trailers)
    expect(text).toMatch(/^\[\["‹access_token:[0-9a-f]{16}›","x"\]\]$/)
  })
})

describe('what a server calls a secret and is none', () => {
  test.each([
    'startedDateTime',
    'serverIPAddress',
    'Connection',
    'WWW-Authenticate',
    '"response":{',
    'mcp.example.com',
    'https://mcp.example.com',
  ])('is blanked in its own place only: %s', (value) => {
    const plain = redacted(asked(''))
    const text = redacted(asked(`> Cookie: a=${value}`))
    expect(text).toContain('a=‹cookie:')
    const others = (har: string) =>
      har.replaceAll(/"cookies":\[[^\]]*\]|\{"name":"Cookie"[^}]*\},?/g, '')
    const bare = (har: string) =>
      others(har).replaceAll(/‹[a-z_]+:[0-9a-f]{16}›|"headersSize":-?\d+/g, '')
    expect(bare(text).replaceAll(',]', ']')).toBe(bare(plain).replaceAll(',]', ']'))
  })

  test('is readable in the Host field, however short it is', () => {
    const text = redacted(`
> POST https://mcp.io:84/mcp
> Host: mcp.io:84
> Cookie: a=mcp.io:84

`)
    expect(text).toContain('{"name":"Host","value":"mcp.io:84"}')
    expect(text).toContain('a=‹cookie:')
  })

  test('may still be a secret elsewhere: a password that is a host name is blanked everywhere', () => {
    const text = redacted(
      asked('> content-type: application/x-www-form-urlencoded', 'password=mcp.example.com'),
    )
    expect(text).not.toContain('mcp.example.com/mcp')
  })
})

describe('the number of an error stays in the address of its page:', () => {
  const page = 'https://login.microsoftonline.com/error?code=700016'
  const redactor = createRedactor({ key: new Uint8Array(32) })

  test.each(['request.query.error_uri', 'request.form.error_uri', 'response.json/error_uri'])(
    'in evidence at %s',
    (at) => {
      const evidence = { at, text: page }
      expect(redactor.value(evidence)).toEqual(evidence)
    },
  )

  test('in a pair of name and value', () => {
    const pair = { name: 'error_uri', value: page }
    expect(redactor.value(pair)).toEqual(pair)
  })

  test.each([
    [
      'a callback',
      asked('', '').replace('/mcp', `/cb?error=x&error_uri=${encodeURIComponent(page)}`),
    ],
    [
      'an answer',
      `${asked('', '').trimEnd()}\n< content-type: application/json\n\n{"error":"x","error_uri":"${page}"}`,
    ],
    ['a challenge', `${asked('', '').trimEnd()}\n< WWW-Authenticate: Bearer error_uri="${page}"\n`],
  ])('in %s', (_, http) => {
    expect(redacted(http)).toContain('700016')
    expect(redacted(http)).not.toContain('code:')
  })
})
