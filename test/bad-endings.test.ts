/** The verdict on a login that ends badly, at every step and in every way. */
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../src/core/wire/exchange.ts'
import type { Report } from '../src/core/verdict/report.ts'
import { textBody } from '../src/core/wire/exchange.ts'
import { Session } from '../src/core/session.ts'
import { loadRules } from '../src/rules.ts'
import { endingAt, endings, healthy, hollow, page, places } from './endings.ts'

const { rules } = await loadRules()

function judge(exchanges: readonly Exchange[]): Report {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of exchanges) session.ingest(exchange)
  session.settle()
  return session.report()
}

describe.each(Object.keys(places))('a login that ends at %s', (place) => {
  // A page is what an authorization endpoint is to answer with.
  const all = place === 'the authorization request' ? endings : [...endings, ...hollow]
  test.each(all)('with %i %s never passes, and says where', (...ending) => {
    const exchanges = endingAt(place, ending)
    const report = judge(exchanges)
    expect(report.verdict).toBe('fail')
    const first = report.findings.find(({ id }) => id === report.firstBroken?.finding)!
    expect(first.evidence.map(({ exchange }) => exchange)).toContain(exchanges.at(-1)!.id)
    expect(first.remedy).not.toBe('')
    if (first.fault === 'undetermined') expect(first.candidates?.length).toBeGreaterThan(0)
  })
})

/** What a client sends besides requests, with its token: a stream, the end of a session, a notification. */
function besides(): Exchange[] {
  const call = healthy.findLast(places['the MCP call with a token']!)!
  const answered = (method: string, status: number, type: string, body = ''): Exchange => ({
    ...call,
    id: `${method} ${status}`,
    request: { ...call.request, method, body: textBody(body, 0) },
    response: {
      status,
      statusText: '',
      headers: type === '' ? [] : [['content-type', type]],
      body: textBody('', 0),
      complete: true,
    },
  })
  return [
    answered('GET', 200, 'text/event-stream'),
    answered('POST', 202, '', '{"jsonrpc":"2.0","method":"notifications/cancelled"}'),
    answered('DELETE', 204, ''),
  ]
}

test.each(endings)(
  'a call that ends with %i %s fails the login, whatever follows that is no request',
  (...ending) => {
    const exchanges = endingAt('the MCP call with a token', ending)
    const report = judge([...exchanges, ...besides()])
    expect(report.verdict).toBe('fail')
    const first = report.findings.find(({ id }) => id === report.firstBroken?.finding)!
    expect(first.evidence.map(({ exchange }) => exchange)).toContain(exchanges.at(-1)!.id)
  },
)

test('a page, or a server that breaks down, at a first call fails it, though others got through', () => {
  const first = healthy[0]!
  for (const ending of [[500, 'text/plain', 'oops'], hollow[0]!, hollow[2]!] as const) {
    const again = { ...endingAt('the first call', ending).at(-1)!, id: 'again' }
    const report = judge([...healthy, { ...again, request: first.request }])
    expect(report.verdict).toBe('fail')
    expect(report.firstBroken?.step).toBe('mcp')
  }
})

test.each([400, 403])(
  'metadata that is looked at again before the token, and answered %i, is where a login ends',
  (status) => {
    const [last] = endingAt('the resource metadata', [status, 'text/html', page]).slice(-1)
    const before = healthy.slice(0, healthy.findIndex(places['the token request']!))
    const report = judge([...before, { ...last!, id: 'again' }])
    expect(report.verdict).toBe('fail')
    const first = report.findings.find(({ id }) => id === report.firstBroken?.finding)!
    expect(first.evidence.map(({ exchange }) => exchange)).toContain('again')
  },
)

test.each([401, 403, 404, 405, 500])(
  'a preflight that is answered %i blames no client, wherever it stands',
  (status) => {
    for (const place of Object.keys(places).filter((name) => !name.includes('authorization'))) {
      const at = healthy.findIndex(places[place]!)
      const asked = healthy[at]!
      const preflight: Exchange = {
        ...asked,
        id: 'preflight',
        request: {
          ...asked.request,
          method: 'OPTIONS',
          headers: [
            ['origin', 'https://app.example'],
            ['access-control-request-method', asked.request.method],
          ],
          body: textBody('', 0),
        },
        response: { status, statusText: '', headers: [], body: textBody('', 0), complete: true },
      }
      const report = judge([...healthy.slice(0, at), preflight])
      expect(report.verdict).toBe('fail')
      expect(
        report.findings.filter(({ severity, fault }) => severity === 'error' && fault === 'client'),
      ).toEqual([])
    }
  },
)
