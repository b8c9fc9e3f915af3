import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { listen, type Answer, type Incoming, type Listener } from './listener.ts'

/** A gateway such as stands in front of many MCP servers, which forgets to pass the Authorization field on. */
export function startStrippingGateway(upstream: () => string): Promise<Listener> {
  return listen(() => async (request) => {
    const passed = { ...request.headers }
    delete passed.authorization
    return mark(await forward(upstream(), { ...request, headers: passed }))
  })
}

function mark(answer: Answer): Answer {
  return {
    ...answer,
    headers: { ...answer.headers, Via: '1.1 demo-gateway', Server: 'demo-gateway' },
  }
}

function forward(origin: string, request: Incoming): Promise<Answer> {
  const query = request.query.size === 0 ? '' : `?${request.query.toString()}`
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      `${origin}${request.path}${query}`,
      { method: request.method, headers: { ...request.headers, connection: 'close' } },
      (response) => {
        collect(response).then(resolve, reject)
      },
    )
    outgoing.once('error', reject)
    outgoing.end(request.body)
  })
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && !hopByHop.has(name)) headers[name] = String(value)
  }
  return {
    status: response.statusCode ?? 502,
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

/** Belongs to the connection it came by (RFC 9110 §7.6.1). */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])
