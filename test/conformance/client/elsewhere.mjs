import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createServer } from 'node:https'
import process from 'node:process'
import { Agent, buildConnector, setGlobalDispatcher } from 'undici'
import { built } from '../../tools/built.mjs'

const certificates = built('src/tap/wire/session-certificate.js')

/** The name of the MCP server. */
export const mcpName = 'mcp.test'

/** The name of another origin of the suite. */
function nameOf(origin) {
  return `s${new URL(origin).port}.test`
}

/**
 * What authtap is told of its public names: one for each server of the suite, or one for all.
 * @param {string} serverUrl
 * @param {string} layout `names` or `paths`
 */
export function publicOptions(serverUrl, layout) {
  if (layout === 'paths') return ['--public', mcpName, '--paths']
  const others = originsOfSuite(serverUrl).filter((origin) => origin !== new URL(serverUrl).origin)
  return [
    '--public',
    mcpName,
    ...others.flatMap((origin) => ['--public', `${origin}=${nameOf(origin)}`]),
  ]
}

/** Where a client from elsewhere finds a server that authtap was told of at its start. */
export function publicUrl(upstreamUrl, options) {
  const { origin } = new URL(upstreamUrl)
  const rest = upstreamUrl.slice(origin.length)
  return options.includes('--paths')
    ? `https://${mcpName}/~1${rest}`
    : `https://${nameOf(origin)}${rest}`
}

/**
 * A TLS terminator on loopback, and a fetch that knows the names that lead to it.
 * @param {Record<string, number>} ports of authtap, by origin of the suite
 * @param {string} serverUrl
 */
export async function openTunnels(ports, serverUrl) {
  const target = new URL(serverUrl).origin
  const names = Object.fromEntries(
    Object.entries(ports).map(([origin, port]) => [
      origin === target ? mcpName : nameOf(origin),
      port,
    ]),
  )
  const { makeSessionCertificate } = await import(certificates)
  const { ca, ...identity } = makeSessionCertificate(Object.keys(names))
  const server = createServer(identity, (request, response) => {
    const port = names[request.headers.host ?? '']
    const headers = { ...request.headers, 'x-forwarded-for': '203.0.113.7' }
    const { method, url: path } = request
    const outgoing = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (incoming) => {
      response.writeHead(incoming.statusCode, incoming.rawHeaders)
      response.flushHeaders()
      incoming.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    response.on('close', () => outgoing.destroy())
    request.pipe(outgoing)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  const direct = buildConnector({ ca })
  const connect = (options, done) => {
    const isOurs = options.hostname.endsWith('.test')
    direct(isOurs ? { ...options, hostname: '127.0.0.1', port: String(port) } : options, done)
  }
  setGlobalDispatcher(new Agent({ connect }))
  server.unref()
}

/** All that the suite listens on: it started us, or what started us. */
function originsOfSuite(serverUrl) {
  const { hostname, port } = new URL(serverUrl)
  const ports = listeningPorts()
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
    const own = ports.filter(({ inode }) => socketsOf(pid).has(inode)).map((one) => one.port)
    if (own.includes(Number(port)))
      return [...new Set(own)].map((one) => `http://${hostname}:${one}`)
  }
  throw new Error('who serves the scenario is not found')
}

function listeningPorts() {
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => ({ port: Number.parseInt(fields[1].split(':')[1], 16), inode: fields[9] })),
  )
}

function socketsOf(pid) {
  const folder = `/proc/${pid}/fd`
  const links = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`)
    } catch {
      return ''
    }
  })
  return new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]))
}

function parentOf(pid) {
  return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
}
