import { expect, test } from 'vitest'
import { type Exchange, type Headers, emptyBody } from '../../../src/core/wire/exchange.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { jsonLines, requestPage, responsePage } from '../../../src/tui/view/message.ts'
import { failedLogin } from '../fixtures/login.ts'
import { expectGoldenPage } from '../fixtures/painted.ts'
import { told } from '../fixtures/told.ts'

const form = [['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8']] as const

function exchangeOf(change: Partial<Exchange> & { headers?: Headers; body?: string }): Exchange {
  const { headers = [], body = '', ...rest } = change
  return {
    id: '1',
    source: 'reverse',
    client: '',
    connection: '',
    startedAt: 0,
    endedAt: 12.4,
    request: {
      method: 'POST',
      url: 'https://login.example/token',
      headers,
      body: body === '' ? emptyBody : { bytes: Buffer.from(body), dropped: 0 },
    },
    touched: [],
    ...rest,
  }
}

const { scene } = told([])

function request(change: Parameters<typeof exchangeOf>[0], columns = 80): string[] {
  return requestPage(exchangeOf(change), scene, columns).map(textOf)
}

function response(change: Partial<Exchange>, answer?: Partial<NonNullable<Exchange['response']>>) {
  const whole = { status: 200, statusText: 'OK', headers: [], body: emptyBody, complete: true }
  const exchange = exchangeOf(
    answer === undefined ? change : { ...change, response: { ...whole, ...answer } },
  )
  return responsePage(exchange, scene, 80)
    .map(textOf)
    .filter((line) => line.trim() !== '')
}

test('requests and responses look as they should', async () => {
  const [challenge, , , , , token] = failedLogin()
  await expectGoldenPage('request', told().scene, (scene, columns) =>
    requestPage(token!, scene, columns),
  )
  await expectGoldenPage('response', told().scene, (scene, columns) =>
    responsePage(challenge!, scene, columns),
  )
})

test('in short, what an answer says comes before its header', () => {
  const headers: Headers = [
    ['Date', 'today'],
    ['WWW-Authenticate', 'Bearer'],
  ]
  const body = { bytes: Buffer.from('no'), dropped: 0 }
  const answer = { status: 401, statusText: '', headers, body, complete: true }
  const page = responsePage(exchangeOf({ response: answer }), scene, 80, 'telling-first')
  expect(page.map(textOf).slice(2)).toEqual([
    ' WWW-Authenticate Bearer',
    ' no',
    '',
    expect.stringMatching(/^ Date +today$/),
  ])
})

test('what redaction left out of a body is told beside it', () => {
  const bytes = Buffer.from('{"id":1,"result":{},"…":"46 characters left out"}')
  const page = response({}, { body: { bytes, dropped: 0 } })
  expect(page.join('\n')).not.toContain('left out')
  expect(page.slice(1)).toEqual([
    ' {',
    '   "id": 1,',
    '   "result": {}',
    ' }',
    ' 46 characters of it not recorded',
  ])
})

test('a form is a line a member, decoded; what is no encoding stays', () => {
  expect(request({ headers: form, body: 'scope=a+b%2Fc&odd=%zz&flag&empty=' }).slice(3)).toEqual([
    '',
    ' scope = a b/c',
    ' odd = %zz',
    ' flag = ',
    ' empty = ',
  ])
})

test('JSON is laid out whatever it is called; raw, and where it is broken, it stays as it is', () => {
  const body = '{"a":[1,"x"]}'
  expect(request({ body }).slice(-6)).toEqual([
    ' {',
    '   "a": [',
    '     1,',
    '     "x"',
    '   ]',
    ' }',
  ])
  const { scene } = told([])
  scene.ui.state.raw = true
  expect(textOf(requestPage(exchangeOf({ body }), scene, 80).at(-1)!)).toBe(` ${body}`)
  expect(request({ body: '{"a":\n1' }).slice(-2)).toEqual([' {"a":', ' 1'])
})

test('names and values of JSON are told apart, also where a string looks like a member', () => {
  const styles = jsonLines({ a: '"b": 1', c: [null, true, -1] }).map((line) =>
    line.flatMap(({ style }) => style ?? []).join(),
  )
  expect(styles).toEqual(['', 'name,string', 'name', 'number', 'number', 'number', '', ''])
})

test('values pass through what masks or shows secrets', () => {
  const shown = { ...scene, shown: (text: string) => text.replaceAll('secret', 'XX') }
  const headers = [['Authorization', 'Bearer secret']] as const
  const exchange = exchangeOf({ headers, body: 'secret' })
  const via = { ...exchange.request, url: 'https://a.example/?t=secret', via: 'http://b/?t=secret' }
  const text = requestPage({ ...exchange, request: via }, shown, 80)
    .map(textOf)
    .join('\n')
  expect(text).not.toContain('secret')
  expect(text.match(/XX/g)).toHaveLength(4)
})

test('of a large body the beginning is shown, and how much more there is', () => {
  const lines = request({ body: 'x'.repeat(256 * 1024 + 5) })
  expect(lines.at(-1)).toBe(' … 5 characters more: v shows all')
  expect(lines.at(-2)).toHaveLength(256 * 1024 + 1)
  expect(request({ body: 'x'.repeat(256 * 1024) }).at(-1)).toMatch(/^ x+$/)
})

test('what was not kept, and what cannot be read, is said', () => {
  expect(response({}, { body: { bytes: Buffer.from('half'), dropped: 3 } })).toEqual([
    ' HTTP/1.1 200 OK  12 ms  7 bytes',
    ' half',
    ' 3 bytes not recorded',
  ])
  const headers = [['Content-Encoding', 'br']] as const
  const body = { bytes: Buffer.from('no brotli'), dropped: 0 }
  expect(response({}, { headers, body }).at(-1)).toBe(' 9 bytes that cannot be read')
})

test('a response that broke off, and one that never came, say why', () => {
  const failure = { phase: 'http', code: 'ECONNRESET', message: 'gone' } as const
  expect(response({ failure }, { complete: false })).toEqual([
    ' HTTP/1.1 200 OK  12 ms  0 bytes  not complete',
    ' broke off: http ECONNRESET gone',
  ])
  const refused = { phase: 'tcp', code: 'ECONNREFUSED', message: 'refused' } as const
  expect(response({ failure: refused })[0]).toBe(' failed before HTTP: tcp ECONNREFUSED refused')
  expect(response({ failure })).toEqual([' failed: http ECONNRESET gone', ' No answer came.'])
  expect(response({})).toEqual([' No answer yet.'])
  expect(response({ handedOver: true })[0]).toMatch(/^ authtap sent the browser on/)
})

test('what the proxy changed stands beside what it was, or below where there is no room', () => {
  const touched = [
    { at: 'request.url', client: '', upstream: 'https://a.example', why: 'origin mapped' },
    { at: 'response.header.location[0]', client: 'x', upstream: 'y', why: 'not of this side' },
  ]
  const wide = request({ touched }, 100)
  expect(wide.find((line) => line.includes('client sent'))).toMatch(
    /where +client sent +server got/,
  )
  expect(wide.find((line) => line.includes('request.url'))).toMatch(
    /\(nothing\) +https:\/\/a\.example/,
  )
  const narrow = request({ touched }, 99)
  const at = narrow.indexOf('   request.url  origin mapped')
  expect(narrow.slice(at + 1, at + 3)).toEqual([
    '     client sent  (nothing)',
    '     server got   https://a.example',
  ])
  for (const lines of [wide, narrow]) expect(lines.join('\n')).not.toContain('location')
})
