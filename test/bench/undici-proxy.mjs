/** The least that passes a request on through undici: what the transport alone costs. */
import { createServer } from 'node:http'
import { Pool } from 'undici'
import { serve } from './child.mjs'

const pool = new Pool(new URL(process.argv[2]).origin, { connections: 256 })
const hop = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])

function without(raw) {
  const kept = []
  for (let index = 0; index < raw.length; index += 2)
    if (!hop.has(String(raw[index]).toLowerCase())) kept.push(raw[index], raw[index + 1])
  return kept
}

serve(
  createServer((request, response) => {
    const { method, url, rawHeaders } = request
    const length = Number(request.headers['content-length'] ?? 0)
    const headers = [...without(rawHeaders), ...(length > 0 ? ['content-length', `${length}`] : [])]
    pool.dispatch(
      { method, path: url, headers, body: length > 0 ? request : null },
      {
        onRequestStart() {},
        onResponseStart(controller, status) {
          response.writeHead(status, without(controller.rawHeaders.map(String)))
        },
        onResponseData: (_controller, chunk) => response.write(chunk),
        onResponseEnd: () => response.end(),
        onResponseError: () => response.destroy(),
      },
    )
  }),
)
