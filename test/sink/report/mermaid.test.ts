import { describe, expect, test } from 'vitest'
import { mermaid } from '../../../src/sink/report/mermaid.ts'
import { sequenceOf, isGap } from '../../../src/sink/report/sequence.ts'
import { broken, healthy, hostile, judged, made } from './judged.ts'

const line =
  /^(?:sequenceDiagram| {2}participant L\d+ as [^;]+| {2,4}L\d+(?:->>|-->>|--x)L\d+: [^;]*(?:#\d+;[^;]*)*| {2,4}Note over L\d+(?:,L\d+)?: .+| {2}rect rgba\([\d., ]+\)| {2}end)$/

describe('a diagram', () => {
  test.each([
    ['broken', broken],
    ['healthy', healthy],
    ['hostile', hostile],
  ])('of the %s capture has no line but those that Mermaid knows', (_, capture) => {
    const lines = made(mermaid, capture).trimEnd().split('\n')
    expect(lines.filter((one) => !line.test(one))).toEqual([])
  })

  test('names the parties that took part, with their origins', () => {
    const text = made(mermaid, broken)
    for (const party of [
      'Browser',
      'Client',
      'MCP server<br/>https://mcp.example',
      'Authorization server<br/>https://as.example',
    ])
      expect(text).toMatch(new RegExp(`participant L\\d as ${party.replaceAll('/', '\\/')}\n`))
  })

  test('puts the broken step, and it alone, into a red rectangle', () => {
    const red = /rect rgba\(220, 38, 38, 0\.25\)\n([^]*?)\n {2}end/.exec(made(mermaid, broken))![1]!
    expect(red).toMatch(/token \(authorization_code\)/)
    expect(red.match(/->>/g)).toHaveLength(2)
    expect(made(mermaid, healthy)).not.toContain('rect')
  })

  test('leads a request past the gateway that is at fault', async () => {
    const capture = await judged(strippedTranscript)
    expect(capture.report.firstBroken?.fault).toBe('intermediary')
    expect(made(mermaid, capture)).toContain('as Proxy or gateway')
  })
})

test.each([
  [8, []],
  [9, ['1 more flows left out']],
  [11, ['3 more flows left out']],
])('of %i flows those beyond eight are counted', (count, left) => {
  const [flow] = broken.report.flows
  const flows = Array.from({ length: count }, (_, n) => ({ ...flow!, id: `w${n + 1}` }))
  const text = made(mermaid, { ...broken, report: { ...broken.report, flows } })
  expect(text.match(/\d+ more flows left out/g) ?? []).toEqual(left)
})

test('a long session is folded, and the number of calls is told', async () => {
  const call = (id: number) => `
> POST https://mcp.example/mcp
> authorization: Bearer ${'${secret t_}'}
> content-type: application/json

{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"echo"}}

< HTTP/1.1 200 OK
< content-type: application/json

{"jsonrpc":"2.0","id":${id},"result":{}}
`
  const capture = await judged(Array.from({ length: 300 }, (_, id) => call(id)).join(''))
  const { items } = sequenceOf(capture, capture.report.flows[0]!)
  expect(items.length).toBeLessThan(20)
  const told = items.filter(isGap).map(({ note }) => Number(/^\d+/.exec(note)?.[0] ?? 0))
  expect(told.reduce((a, b) => a + b, 0) + items.filter((one) => !isGap(one)).length).toBe(300)
})

const strippedTranscript = `
> POST https://mcp.example/mcp
> content-type: application/json
> authorization: Bearer ${'${secret t_}'}

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

< HTTP/1.1 401 Unauthorized
< server: nginx/1.25
< www-authenticate: Bearer error="invalid_request", error_description="missing Authorization header"
< content-type: application/json

{"error":"missing authorization header"}
`
