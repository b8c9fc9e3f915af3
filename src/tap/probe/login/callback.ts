import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Exchange } from '../../../core/wire/exchange.ts'
import { toPairs } from '../../wire/headers.ts'
import type { Recorder } from '../../wire/recorder.ts'

const path = '/callback'

/** Waits on a loopback port, of both families where there are both, for the browser (RFC 8252 §7.3). */
export interface Callback {
  readonly redirectUri: string
  /** What the browser brought first. */
  readonly response: Promise<URLSearchParams>
  /** How often it came. */
  readonly visits: number
  stop(): void
}

interface CallbackOptions {
  readonly recorder: Recorder
  readonly connection: string
  emit(exchange: Exchange): void
}

export async function awaitBrowser(options: CallbackOptions): Promise<Callback> {
  let arrived: (params: URLSearchParams) => void = () => {}
  const response = new Promise<URLSearchParams>((resolve) => (arrived = resolve))
  let visits = 0
  const serve = (request: IncomingMessage, answer: ServerResponse) => {
    const url = new URL(request.url ?? '/', redirectUri)
    if (url.pathname !== path || request.method !== 'GET') return void answer.writeHead(404).end()
    visits += 1
    const page = visits === 1 ? 'authtap has the answer.' : 'authtap had the answer already.'
    const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'no-store']
    answer.writeHead(200, headers).end(`${page} You may close this page.\n`)
    options.emit(recorded(request, url.href, headers, options))
    arrived(url.searchParams)
  }
  const first = createServer(serve)
  const port = await listen(first, '127.0.0.1', 0)
  const redirectUri = `http://127.0.0.1:${port}${path}`
  const second = createServer(serve)
  // Where there is no IPv6, or the port is taken there, the browser has the address that it was given.
  const hasSecond = await listen(second, '::1', port).catch(() => undefined)
  return {
    redirectUri,
    response,
    get visits() {
      return visits
    },
    stop: () => {
      for (const server of hasSecond === undefined ? [first] : [first, second]) {
        server.close()
        server.closeAllConnections()
      }
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

function recorded(
  request: IncomingMessage,
  url: string,
  headers: readonly string[],
  { recorder, connection }: CallbackOptions,
): Exchange {
  const recording = recorder.begin({
    client: `${connection} browser`,
    connection: '',
    method: 'GET',
    url,
    httpVersion: request.httpVersion,
    source: 'probe',
  })
  recording.requestHeaders = toPairs(request.rawHeaders)
  recording.requestDone()
  recording.head(200, 'OK', toPairs(headers))
  recording.end([])
  return recording.report()
}
