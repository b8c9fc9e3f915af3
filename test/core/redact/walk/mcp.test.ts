import { describe, expect, test } from 'vitest'
import { bodyText } from '../../../../src/core/wire/exchange.ts'
import { mcpFacts } from '../../../../src/core/step/mcp-facts.ts'
import { readToken } from '../../../../src/core/wire/jwt.ts'
import { createRedactor } from '../../../../src/core/redact/redactor.ts'
import { exchangeOf, jwt, key } from '../redaction.ts'

const note = expect.stringMatching(/^\d+ characters left out$/)

function kept(message: unknown): unknown {
  const clean = createRedactor({ key }).exchange(exchangeOf({ answer: JSON.stringify(message) }))
  return JSON.parse(bodyText(clean.response!))
}

describe('of an MCP message', () => {
  test('the initialization stays as it is, spelling included', () => {
    const body = `{ "jsonrpc":"2.0", "id":0, "method":"initialize", "params":{"protocolVersion":"2025-11-25",
      "capabilities":{"roots":{"listChanged":true},"sampling":{}}, "clientInfo":{"name":"c\\u00e9","version":"1"}} }`
    const exchange = exchangeOf({ body })
    expect(createRedactor({ key }).exchange(exchange).request.body).toBe(exchange.request.body)
  })

  test('a call keeps its method, its tool and its revision, and loses what was asked', () => {
    const message = {
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: {
        name: 'search',
        arguments: { query: 'my diagnosis' },
        _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 4 },
      },
    }
    expect(kept(message)).toEqual({
      ...message,
      params: {
        name: 'search',
        _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
      },
      '…': note,
    })
  })

  test('a result loses what was answered', () => {
    const result = { content: [{ type: 'text', text: 'my diagnosis' }], isError: false }
    expect(kept({ jsonrpc: '2.0', id: 7, result })).toEqual({
      jsonrpc: '2.0',
      id: 7,
      result: { isError: false },
      '…': note,
    })
  })

  test('the note says how much is left out', () => {
    const message = { jsonrpc: '2.0', id: 1, result: { content: 'x'.repeat(1000) } }
    expect(kept(message)).toMatchObject({ '…': '1012 characters left out' })
  })

  test('the server, its capabilities and supported versions stay', () => {
    const message = {
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocolVersion: '2025-11-25',
        serverInfo: { name: 's', title: 'S', version: '1', icons: [{ src: 'x' }] },
        capabilities: { tools: { listChanged: true }, extensions: { a: { b: { c: 1 } } } },
        supportedVersions: ['2025-06-18', '2025-11-25'],
        instructions: 'be nice',
      },
    }
    expect(kept(message)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        protocolVersion: '2025-11-25',
        serverInfo: { name: 's', title: 'S', version: '1' },
        capabilities: { tools: { listChanged: true }, extensions: { a: {} } },
        supportedVersions: ['2025-06-18', '2025-11-25'],
      },
      '…': note,
    })
  })

  test('errors stay, and of their data the versions', () => {
    const error = {
      code: -32022,
      message: 'Unsupported',
      data: { supported: ['2025-11-25'], x: 1 },
    }
    expect(kept({ jsonrpc: '2.0', id: 1, error })).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { ...error, data: { supported: ['2025-11-25'] } },
      '…': note,
    })
  })

  test('what a failed tool says stays when it is about authorization', () => {
    const failed = (text: string) => ({
      jsonrpc: '2.0',
      id: 1,
      result: { isError: true, content: [{ type: 'text', text }] },
    })
    const about = failed('Request failed with status code 401: no access token was provided')
    expect(kept(about)).toEqual(about)
    expect(kept(failed('No patient of this name'))).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { isError: true, content: [{ type: 'text' }] },
      '…': note,
    })
  })

  test('secrets in what stays become labels', () => {
    const token = jwt({ sub: 'a' })
    const error = { code: 1, message: `token ${token} expired` }
    expect(kept({ jsonrpc: '2.0', id: 1, error })).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: 1, message: expect.stringMatching(/^token ‹jwt:[0-9a-f]{16}› expired$/) },
    })
  })

  test('each message of a batch is reduced', () => {
    const call = { jsonrpc: '2.0', method: 'tools/call', params: { name: 'a', arguments: [1] } }
    expect(kept([call, call])).toEqual([
      { ...call, params: { name: 'a' }, '…': note },
      { ...call, params: { name: 'a' } },
    ])
  })

  test('one that was cut is not shown at all', () => {
    const answer = `{"jsonrpc":"2.0","id":1,"result":{"content":[{"text":"my diagn`
    const clean = createRedactor({ key }).exchange(exchangeOf({ answer }))
    expect(JSON.parse(bodyText(clean.response!))).toEqual({
      '…': `${answer.length} characters left out`,
    })
  })

  test('in an event stream each is reduced, and the events stay', () => {
    const answer = `event: message\nid: 3\ndata: {"jsonrpc":"2.0","id":1,"result":{"content":["my diagnosis"]}}\n\n: ping\n\n`
    const clean = createRedactor({ key }).exchange(
      exchangeOf({ answer, answerHeaders: [['content-type', 'text/event-stream']] }),
    )
    expect(bodyText(clean.response!)).toMatch(
      /^event: message\nid: 3\ndata: \{"jsonrpc":"2\.0","id":1,"result":\{\},"…":"\d+ characters left out"\}\n\n: ping\n\n$/,
    )
  })

  test('everything that is judged is still there', () => {
    const request = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'search',
        arguments: {},
        protocolVersion: '2025-06-18',
        clientInfo: { name: 'c' },
      },
    }
    const answer = {
      jsonrpc: '2.0',
      id: 1,
      result: { isError: true, content: [{ type: 'text', text: 'Unauthorized' }], more: 1 },
    }
    const exchange = exchangeOf({ body: JSON.stringify(request), answer: JSON.stringify(answer) })
    const { rpc, answer: read } = mcpFacts(createRedactor({ key }).exchange(exchange), readToken)
    expect({ rpc, read }).toEqual({
      rpc: mcpFacts(exchange, readToken).rpc,
      read: mcpFacts(exchange, readToken).answer,
    })
  })
})
