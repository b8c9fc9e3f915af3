import { expect, test } from 'vitest'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { firstAnswers } from '../../src/shell/first-answer.ts'

function told(http: string): string[] {
  const texts: string[] = []
  const hear = firstAnswers(['https://mcp.example/', 'http://mcp.example/'], ({ text }) =>
    texts.push(text),
  )
  for (const exchange of parseTranscript(http)) hear(exchange)
  return texts
}

const post = '> POST https://mcp.example/\n> content-type: application/json\n\n{}\n\n'

test.each([
  [
    '404',
    '< HTTP/1.1 404 Not Found\n\n',
    /answers 404 to POST: there is no MCP endpoint at that path.*\/mcp and .*\/sse/,
  ],
  [
    '405',
    '< HTTP/1.1 405 Method Not Allowed\n\n',
    /answers 405 to POST, with which every MCP message is sent/,
  ],
  [
    'a page',
    '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<html>',
    /answers POST with a web page/,
  ],
])('%s in place of an answer is told with what to try', (_, answer, expected) => {
  expect(told(post + answer)).toEqual([expect.stringMatching(expected)])
})

test('it is told once', () => {
  expect(
    told(`${post}< HTTP/1.1 404 Not Found\n\n${post}< HTTP/1.1 404 Not Found\n\n`),
  ).toHaveLength(1)
})

test.each([
  ['a challenge', `${post}< HTTP/1.1 401 Unauthorized\n\n`],
  [
    'an answer, and a page later',
    `${post}< HTTP/1.1 200 OK\n\n{}\n\n${post}< HTTP/1.1 404 Not Found\n\n`,
  ],
  [
    'a session that is over',
    `> POST https://mcp.example/\n> mcp-session-id: s1\n\n{}\n\n< HTTP/1.1 404 Not Found\n\n`,
  ],
  [
    'metadata that is not there',
    '> GET https://mcp.example/.well-known/x\n\n< HTTP/1.1 404 Not Found\n\n',
  ],
])('%s is not', (_, http) => {
  expect(told(http)).toEqual([])
})

test('a server that hangs up on plain HTTP may want TLS', () => {
  const asked = post.replace('https:', 'http:')
  expect(told(`${asked}! http UND_ERR_SOCKET other side closed\n\n`)).toEqual([
    expect.stringMatching(/as a server does that speaks TLS alone.*try https:\/\/mcp\.example\//),
  ])
  expect(told(`${post}! http UND_ERR_SOCKET other side closed\n\n`)).toEqual([])
  expect(told(`${asked}! tcp ECONNREFUSED\n\n`)).toEqual([])
})
