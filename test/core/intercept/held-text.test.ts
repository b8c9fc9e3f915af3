import { describe, expect, test } from 'vitest'
import { differences } from '../../../src/core/intercept/difference.ts'
import {
  heldText,
  readAnswer,
  readHeld,
  withoutRemarks,
  withRemarks,
} from '../../../src/core/intercept/held-text.ts'
import type { Message } from '../../../src/core/intercept/message.ts'

const fixed = 'https://as.example/'
const request: Message = {
  side: 'request',
  method: 'POST',
  url: 'https://as.example/token?x=1',
  status: 0,
  headers: [
    ['Host', 'as.example'],
    ['Content-Type', 'application/x-www-form-urlencoded'],
    ['Content-Length', '20'],
  ],
  body: 'code=c1&resource=a&\n# no remark',
}
const answer: Message = {
  side: 'response',
  method: 'GET',
  url: 'https://as.example/.well-known/oauth-authorization-server',
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: '{"issuer":"https://as.example","scopes":["a","b"]}',
}

function changed(text: string, held: Message = request): Message {
  const read = readHeld(text, held, held.side === 'request' ? fixed : '')
  if ('error' in read) throw new Error(read.error)
  return read
}

describe('a held message as text', () => {
  test.each([
    request,
    answer,
    { ...request, body: '' },
    { ...request, body: 'ends with a line\n' },
  ])('comes back as it was', (message) => {
    const text = withoutRemarks(withRemarks(['one', 'two'], heldText(message)))
    expect(changed(text, message)).toEqual(message)
    expect(differences(message, changed(text, message))).toEqual([])
  })

  test('shows no field that frames it, and keeps it', () => {
    expect(heldText(request)).not.toMatch(/content-length|host:/i)
    const other = changed(heldText(request).replace('Content-Type:', 'X-New: 1\nContent-Type:'))
    expect(other.headers.map(([name]) => name)).toEqual([
      'X-New',
      'Content-Type',
      'Host',
      'Content-Length',
    ])
  })

  test.each([
    ['GET https://other.example/token\n\n', 'has to begin with https://as.example/'],
    ['POST\n\n', 'a method and a URL'],
    ['POST https://as.example/t\nno field\n\n', 'no field is no field'],
    ['POST https://as.example/t\nX: \u20ac\n\n', 'cannot stand in a header field'],
    ['POST https://as.example/ä\n\n', 'percent-encoded'],
  ])('says why it cannot be sent: %j', (text, error) => {
    expect(readHeld(text, request, fixed)).toEqual({ error: expect.stringContaining(error) })
  })

  test('says so of a status, and of a body that flows by', () => {
    expect(readHeld('HTTP/1.1 99\n\n', answer, '')).toHaveProperty('error')
    const flowing = { ...answer, body: undefined }
    expect(readHeld('HTTP/1.1 200\n\nx\n', flowing, '')).toHaveProperty('error')
    expect(changed(heldText(flowing), flowing)).toEqual(flowing)
  })

  test('is an answer in the place of the server', () => {
    expect(readAnswer('HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer\n\n')).toEqual({
      status: 401,
      headers: [['WWW-Authenticate', 'Bearer']],
      body: '',
    })
    expect(readAnswer('no answer')).toHaveProperty('error')
  })
})

test('what differs is told by place', () => {
  const text = heldText(request)
    .replace('?x=1', '?x=2')
    .replace('resource=a', 'resource=https%3A%2F%2Fb')
    .replace('code=c1&', '')
  expect(differences(request, changed(text))).toEqual([
    { at: 'request.query.x', before: '1', after: '2' },
    { at: 'request.form.code', before: 'c1', after: '' },
    { at: 'request.form.resource', before: 'a', after: 'https://b' },
  ])
  const moved = changed(heldText(request).replace('/token', '/other'))
  expect(differences(request, moved).map(({ at }) => at)).toEqual(['request.url'])
  const other = changed(
    heldText(answer)
      .replace('200', '403')
      .replace('as.example', 'evil.example')
      .replace('"b"', '"c"')
      .replace('application/json', 'application/json; a=b'),
    answer,
  )
  expect(differences(answer, other)).toEqual([
    { at: 'response.status', before: '200', after: '403' },
    {
      at: 'response.header.content-type[0]',
      before: 'application/json',
      after: 'application/json; a=b',
    },
    { at: 'response.json/issuer', before: 'https://as.example', after: 'https://evil.example' },
    { at: 'response.json/scopes', before: '["a","b"]', after: '["a","c"]' },
  ])
  expect(differences(answer, { ...answer, body: 'page' })).toEqual([
    { at: 'response.body', before: answer.body, after: 'page' },
  ])
})
