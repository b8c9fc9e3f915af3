import { describe, expect, test } from 'vitest'
import { parseChange } from '../../../src/core/intercept/change.ts'
import { edit, parseEdit } from '../../../src/core/intercept/edit.ts'
import type { Message } from '../../../src/core/intercept/message.ts'

const answer: Message = {
  side: 'response',
  method: 'GET',
  url: 'https://as.example/.well-known/oauth-authorization-server',
  status: 200,
  headers: [
    ['Content-Type', 'application/json'],
    ['X-A', '1'],
    ['x-a', '2'],
  ],
  body: '{ "issuer": "https://as.example/",\n  "list": ["a", {"b": 1}] }',
}

const request: Message = {
  side: 'request',
  method: 'POST',
  url: 'https://as.example/token?a=1&b=%7e',
  status: 0,
  headers: [],
  body: 'grant_type=x&resource=https%3A%2F%2Fa&resource=b',
}

function changed(message: Message, text: string) {
  const wanted = parseEdit(text)
  if ('error' in wanted) throw new Error(wanted.error)
  return edit(message, wanted)
}

describe('a change of JSON', () => {
  test('leaves everything else as it is written', () => {
    const { message, edited } = changed(answer, 'response.json/issuer=https://as.example')!
    expect(message.body).toBe(answer.body!.replace('as.example/"', 'as.example"'))
    expect(edited).toEqual([
      { at: 'response.json/issuer', before: 'https://as.example/', after: 'https://as.example' },
    ])
  })

  test.each([
    ['response.json/issuer-', '{"list":["a",{"b":1}]}'],
    ['response.json/list/1/b=true', '{"issuer":"https://as.example/","list":["a",{"b":true}]}'],
    ['response.json/list+=c', '{"issuer":"https://as.example/","list":["a",{"b":1},"c"]}'],
    ['response.json/n=null', '{"issuer":"https://as.example/","list":["a",{"b":1}],"n":null}'],
    ['response.json/issuer="1"', '{"issuer":"1","list":["a",{"b":1}]}'],
  ])('%s', (text, json) => {
    expect(JSON.stringify(JSON.parse(changed(answer, text)!.message.body!))).toBe(json)
  })

  test('changes nothing where nothing would be different, and nothing that is no JSON', () => {
    expect(changed(answer, 'response.json/issuer=https://as.example/')).toBeUndefined()
    expect(changed(answer, 'response.json/missing-')).toBeUndefined()
    expect(changed({ ...answer, body: '<html>' }, 'response.json/a=1')).toBeUndefined()
    expect(changed({ ...answer, body: undefined }, 'response.json/a=1')).toBeUndefined()
    expect(changed(request, 'response.json/a=1')).toBeUndefined()
  })
})

describe('a change of a field, a parameter, a status', () => {
  test.each([
    ['response.header.x-a=3', 'Content-Type: application/json, X-A: 3'],
    ['response.header.x-a-', 'Content-Type: application/json'],
    ['response.header.x-b+=3', 'Content-Type: application/json, X-A: 1, x-a: 2, x-b: 3'],
  ])('%s', (text, headers) => {
    const { message } = changed(answer, text)!
    expect(message.headers.map((field) => field.join(': ')).join(', ')).toBe(headers)
  })

  test('each line of a field that goes is told of', () => {
    expect(changed(answer, 'response.header.x-a-')!.edited).toEqual([
      { at: 'response.header.x-a[0]', before: '1', after: '' },
      { at: 'response.header.x-a[1]', before: '2', after: '' },
    ])
  })

  test.each([
    ['request.form.resource=c', 'grant_type=x&resource=c'],
    ['request.form.resource-', 'grant_type=x'],
    ['request.form.n+=1 2', 'grant_type=x&resource=https%3A%2F%2Fa&resource=b&n=1%202'],
    ['request.body=', ''],
  ])('%s', (text, body) => {
    expect(changed(request, text)!.message.body).toBe(body)
  })

  test('parameters of a query that are not changed keep their spelling', () => {
    expect(changed(request, 'request.query.a-')!.message.url).toBe('https://as.example/token?b=%7e')
  })

  test('a status', () => {
    expect(changed(answer, 'response.status=403')!.message.status).toBe(403)
  })
})

describe('what cannot be read is said', () => {
  test.each([
    ['response.jsn/a=1', 'names no place'],
    ['response.json/a', 'names no place'],
    ['response.status=99', 'from 200 to 599'],
    ['request.status=200', 'has no status'],
    ['response.method=GET', 'has no method'],
    ['request.header.content-length=1', 'frames the message'],
    ['response.header.x=a\nb', 'cannot stand in a header field'],
  ])('%j', (text, error) => {
    expect(parseEdit(text)).toEqual({ error: expect.stringContaining(error) as unknown })
  })

  test('a change is a filter and what it changes', () => {
    expect(parseChange('kind:token')).toHaveProperty('error')
    expect(parseChange('kind:nothing response.body=')).toHaveProperty('error')
    const change = parseChange(
      'kind:challenge status:401 response.header.www-authenticate=Bearer a="b c" response.status=403',
    )
    expect(change).toMatchObject({
      edits: [
        { at: 'response.header.www-authenticate', how: '=', value: 'Bearer a="b c"' },
        { at: 'response.status', how: '=', value: '403' },
      ],
    })
    expect(parseChange('request.header.x-')).toMatchObject({ edits: [{ how: '-' }] })
  })
})
