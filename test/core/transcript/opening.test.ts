import { describe, expect, test } from 'vitest'
import { Session } from '../../../src/core/session.ts'
import {
  formatTranscript,
  parseTranscript,
  TranscriptError,
} from '../../../src/core/transcript/transcript.ts'
import { bodyText } from '../../../src/core/wire/exchange.ts'
import { loadRules } from '../../../src/rules.ts'

const { rules } = await loadRules()

function judge(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

const kinds = (http: string) => judge(http).flows.flatMap(({ steps }) => steps.map((s) => s.kind))
const whole = [
  'challenge',
  'resource-metadata',
  'server-metadata',
  'registration',
  'authorize',
  'callback',
  'token',
  'mcp',
]

describe('the usual beginning of a login', () => {
  test('goes up to the registration', () => {
    expect(kinds('${opening}')).toEqual(whole.slice(0, 4))
  })

  test('goes further where it says so, and each part is the step it is named after', () => {
    for (const [index, part] of whole.entries()) {
      expect(kinds(`\${opening until ${part}}`)).toEqual(whole.slice(0, index + 1))
    }
  })

  test('may be some parts only, in the order of a login', () => {
    const urls = parseTranscript('${opening only token server-metadata}').map((e) => e.request.url)
    expect(urls).toEqual([
      'https://as.example/.well-known/oauth-authorization-server',
      'https://as.example/token',
    ])
  })

  test('may leave the last response out, which the lines below give', () => {
    const [, call] = parseTranscript(
      '${opening only callback token unanswered}\n\n< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_grant"}',
    )
    expect(bodyText(call!.request)).toContain('code_verifier=v1')
    expect(call!.response?.status).toBe(400)
    expect(bodyText(call!.response!)).toBe('{"error":"invalid_grant"}')
  })

  test.each([...whole, 'refresh'])('%s may stay without a response', (part) => {
    const exchanges = parseTranscript(
      `\${opening only ${part} unanswered}\n\n> GET https://b.example/\n\n< HTTP/1.1 200 OK`,
    )
    expect(exchanges.map(({ response }) => response?.status)).toEqual([undefined, 200])
    expect(exchanges[0]!.handedOver).toBeUndefined()
  })

  test('has nothing wrong in it', () => {
    const report = judge('${opening until refresh}')
    // Its state and its verifier are as short as examples want them.
    const short = [
      'authorization/state-missing too-short',
      'pkce/value-malformed verifier-too-short',
    ]
    const found = report.findings.map(({ rule, variant }) => `${rule} ${variant}`)
    expect(found.filter((one) => !short.includes(one))).toEqual([])
    expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
  })

  test('is followed by exchanges, and follows some', () => {
    const exchanges = parseTranscript(`
      > GET https://a.example/

      < HTTP/1.1 200 OK

      body
      \${opening only challenge}
      > GET https://b.example/

      < HTTP/1.1 200 OK`)
    expect(exchanges.map(({ id, request }) => [id, request.url])).toEqual([
      ['1', 'https://a.example/'],
      ['2', 'https://mcp.example/mcp'],
      ['3', 'https://b.example/'],
    ])
    expect(bodyText(exchanges[0]!.response!)).toBe('body')
  })

  test('belongs as a whole to the client and connection that stand above it', () => {
    const exchanges = parseTranscript(`
      # at 13:00:00.000 client=c2 connection=x
      \${opening until authorize}

      > GET https://b.example/

      < HTTP/1.1 200 OK`)
    const clients = exchanges.map(({ client, connection }) => `${client} ${connection}`)
    expect(clients).toEqual([...Array<string>(5).fill('c2 x'), 'c1 c1'])
    const begun = exchanges.map(({ startedAt }) => new Date(startedAt).toISOString().slice(11, 19))
    expect(begun.slice(0, 2)).toEqual(['13:00:00', '13:00:01'])
  })

  test('a wish it does not know is refused with its line', () => {
    const wrong = ['${opening until}', '${opening until login}', '${opening only}', '${opening x}']
    for (const text of wrong) {
      expect(() => parseTranscript(`\n${text}`)).toThrow(TranscriptError)
      expect(() => parseTranscript(`\n${text}`)).toThrow(/"until" and one part or "only" and some/)
    }
  })

  test('a body that says the same is written so that it is read as a body', () => {
    const said = parseTranscript('> GET https://a/\n\n< HTTP/1.1 200 OK\n\n\\${opening}\nmore')
    expect(bodyText(said[0]!.response!)).toBe('${opening}\nmore')
    const again = parseTranscript(formatTranscript(said))
    expect(again.map((exchange) => bodyText(exchange.response!))).toEqual(['${opening}\nmore'])
  })
})

test('what is said of an exchange behind an opening holds for that exchange alone', () => {
  const exchanges = parseTranscript(
    '${opening only challenge}\n\n# handed-over\n> GET https://as.example/authorize\n\n> POST https://as.example/token\n\n< HTTP/1.1 200 OK\n',
  )
  expect(exchanges.map(({ handedOver }) => handedOver)).toEqual([undefined, true, undefined])
})
