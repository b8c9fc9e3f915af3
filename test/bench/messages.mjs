/** What is sent and answered: an MCP tool call of 2 kB each way, as a client with a token and a session makes it. */

const filler = 'The quick brown fox jumps over the lazy dog. '

function padded(build, length) {
  const missing = length - build('').length
  return build(filler.repeat(Math.ceil(missing / filler.length)).slice(0, missing))
}

export function callBody(id, length = 2048) {
  return padded(
    (text) =>
      JSON.stringify({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name: 'search', arguments: { query: text } },
      }),
    length,
  )
}

export function answerBody(id, length = 2048) {
  return padded(
    (text) => JSON.stringify({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } }),
    length,
  )
}

/** Made up anew in each run. */
const token = `bench_${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`

export const callHeaders = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  authorization: `Bearer ${token}`,
  'mcp-session-id': 'bench-session',
  'mcp-protocol-version': '2025-06-18',
  'user-agent': 'bench/1',
}

/** An event that tells when it was sent, in nanoseconds of the machine's clock. */
export function timedEvent(id) {
  const params = { level: 'info', data: `${process.hrtime.bigint()}` }
  return `id: ${id}\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })}\n\n`
}

/** An event of about 1 kB. */
export function bulkEvent(id) {
  const params = { level: 'info', data: filler.repeat(20) }
  return `id: ${id}\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })}\n\n`
}
