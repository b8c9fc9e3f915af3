import { expect, test } from 'vitest'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'
import {
  type Row,
  hostOf,
  originOf,
  pathOf,
  rowOf,
  statusText,
} from '../../../src/tui/model/rows.ts'

test.each([
  ['https://mcp.example/mcp?a=/b', 'https://mcp.example', 'mcp.example', '/mcp?a=/b'],
  ['http://localhost:8484', 'http://localhost:8484', 'localhost:8484', '/'],
  ['https://[::1]:1/', 'https://[::1]:1', '[::1]:1', '/'],
])('%s has an origin, a host and a path', (url, origin, host, path) => {
  expect([originOf(url), hostOf(url), pathOf(url)]).toEqual([origin, host, path])
})

test('how long it took leaves out what the person held it for', () => {
  const { model } = told(failedLogin().slice(0, 1))
  const { exchange, ...rest } = model.held.get('1')!
  const took = (heldFor: number) =>
    rowOf(
      { ...rest, exchange: { ...exchange, startedAt: 0, endedAt: 30_050, heldFor } },
      0,
      new Set(),
    ).took
  expect([took(0), took(30_000)]).toEqual([30_050, 50])
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
