/** The MCP server, in a process of its own: answers calls, and streams timed or bulk events. */
import { createServer } from 'node:http'
import { clearInterval, setInterval } from 'node:timers'
import { serve } from './child.mjs'
import { answerBody, bulkEvent, timedEvent } from './messages.mjs'

const answers = new Map([2048, 1024 * 1024].map((size) => [size, Buffer.from(answerBody(1, size))]))

const server = createServer((request, response) => {
  if (request.method === 'GET') return stream(new URL(request.url, 'http://bench'), response)
  const answer = answers.get(
    Number(new URL(request.url, 'http://bench').searchParams.get('size') ?? 2048),
  )
  request.resume()
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.length,
      'mcp-session-id': 'bench-session',
    })
    response.end(answer)
  })
})

function stream(url, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.on('error', () => {})
  const count = Number(url.searchParams.get('events') ?? 0)
  if (count > 0) timed(response, count)
  else bulk(response, Number(url.searchParams.get('bytes') ?? 0))
}

function timed(response, count) {
  let sent = 0
  const clock = setInterval(() => {
    if (sent === count || response.destroyed) {
      clearInterval(clock)
      response.end()
    } else response.write(timedEvent(++sent))
  }, 4)
}

/** As fast as it is read. */
function bulk(response, bytes) {
  const piece = Buffer.from(Array.from({ length: 16 }, (_, index) => bulkEvent(index)).join(''))
  let left = bytes
  const write = () => {
    while (left > 0 && !response.destroyed) {
      left -= piece.length
      if (!response.write(piece)) return response.once('drain', write)
    }
    response.end()
  }
  write()
}

serve(server)
