import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { makeSessionCertificate } from '../../src/tap/wire/session-certificate.ts'

/** How a tunnel tells what it forwards to where the request came from. */
export type Kind = 'keeps the host' | 'keeps the host and says so' | 'puts our address into Host'

export const kinds: readonly Kind[] = [
  'keeps the host',
  'keeps the host and says so',
  'puts our address into Host',
]

/** Who the tunnel says that the client is. */
export const clientAddress = '203.0.113.7'

/** What cloudflared, ngrok and the dev tunnels of VS Code were seen to add. */
const additions: Readonly<Record<Kind, (name: string) => Record<string, string>>> = {
  'keeps the host': () => ({
    'Cdn-Loop': 'cloudflare; loops=1',
    'Cf-Connecting-Ip': clientAddress,
    'Cf-Ipcountry': 'XX',
    'Cf-Ray': '1-FRA',
    'Cf-Visitor': '{"scheme":"https"}',
    'X-Forwarded-For': clientAddress,
    'X-Forwarded-Proto': 'https',
  }),
  'keeps the host and says so': (name) => ({
    'X-Forwarded-For': clientAddress,
    'X-Forwarded-Host': name,
    'X-Forwarded-Proto': 'https',
  }),
  'puts our address into Host': (name) => ({
    Forwarded: `for=${clientAddress};host=${name};proto=https`,
    'X-Forwarded-For': clientAddress,
    'X-Forwarded-Host': name,
    'X-Forwarded-Proto': 'https',
    'X-Original-Host': name,
  }),
}

export interface Tunnels {
  /** Leads a name to a port of this machine. */
  lead(name: string, port: number): void
  /** What a client uses to which the names are known. */
  readonly dispatcher: Agent
  readonly origin: (name: string) => string
  stop(): Promise<void>
}

/** TLS terminators on loopback for names under `.test`, which nobody else resolves (RFC 2606 §2). */
export async function startTunnels(kind: Kind, names: readonly string[]): Promise<Tunnels> {
  const ports = new Map<string, number>()
  const { ca, ...identity } = makeSessionCertificate(names)
  const server = createServer(identity, (request, response) => {
    const name = (request.headers.host ?? '').replace(/:\d+$/, '')
    const port = ports.get(name) ?? [...ports.values()][0]
    if (port === undefined) return void response.writeHead(530).end('no tunnel')
    forward(kind, { name, port }, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const direct = buildConnector({ ca })
  const dispatcher = new Agent({
    connect: (options, done) => {
      if (!options.hostname.endsWith('.test')) return direct(options, done)
      direct({ ...options, hostname: '127.0.0.1', port: String(port) }, done)
    },
  })
  return {
    lead: (name, to) => void ports.set(name, to),
    dispatcher,
    origin: (name) => `https://${name}`,
    stop: async () => {
      await dispatcher.close()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

function forward(
  kind: Kind,
  { name, port }: { readonly name: string; readonly port: number },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const host = kind === 'puts our address into Host' ? `localhost:${port}` : name
  const headers = { ...request.headers, host, ...additions[kind](name) }
  const outgoing = httpRequest(
    { host: '127.0.0.1', port, path: request.url, method: request.method, headers },
    (incoming) => {
      response.writeHead(incoming.statusCode ?? 502, incoming.rawHeaders)
      response.flushHeaders()
      incoming.pipe(response)
    },
  )
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
  request.pipe(outgoing)
}
