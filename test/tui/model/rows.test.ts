import { expect, test } from 'vitest'
import { type Row, hostOf, originOf, pathOf, statusText } from '../../../src/tui/model/rows.ts'

test.each([
  ['https://mcp.example/mcp?a=/b', 'https://mcp.example', 'mcp.example', '/mcp?a=/b'],
  ['http://localhost:8484', 'http://localhost:8484', 'localhost:8484', '/'],
  ['https://[::1]:1/', 'https://[::1]:1', '[::1]:1', '/'],
])('%s has an origin, a host and a path', (url, origin, host, path) => {
  expect([originOf(url), hostOf(url), pathOf(url)]).toEqual([origin, host, path])
})

test.each<[string, Partial<Row>]>([
  ['200', { status: 200, took: 5 }],
  ['200!', { status: 200, failure: 'ECONNRESET', took: 5 }],
  ['ERR', { failure: 'ECONNREFUSED', took: 5 }],
  ['sent', { handedOver: true, took: 5 }],
  ['…', {}],
  ['—', { took: 5 }],
])('a status is shown as %s', (shown, row) => {
  const nothing = { status: undefined, failure: undefined, handedOver: false, took: undefined }
  expect(statusText({ ...nothing, ...row } as Row)).toBe(shown)
})
