/** What authtap is measured against, each in front of the same server. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { keep, scratch, startPart } from './processes.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** The peers that can be had, by name; those that are no package only where they are installed. */
export async function startPeers(upstream, say) {
  const peers = new Map([
    ['http-proxy', await startPart('http-proxy.mjs', upstream)],
    ['undici', await startPart('undici-proxy.mjs', upstream)],
  ])
  if (isInstalled(say)) peers.set('mockttp', await startPart('mockttp-proxy.mjs', upstream))
  if (isFound('mitmdump')) peers.set('mitmdump', await startMitmdump(upstream))
  if (isFound('nginx')) peers.set('nginx', await startNginx(upstream))
  return peers
}

/** mockttp has a package of the bench's own, so that nobody else installs it. */
function isInstalled(say) {
  if (existsSync(join(here, 'node_modules', 'mockttp'))) return true
  say('Installing mockttp beside the bench.')
  try {
    const argv = ['install', '--no-package-lock', '--omit=optional', '--ignore-scripts', '--silent']
    execFileSync('npm', argv, { cwd: here, stdio: 'ignore' })
    return true
  } catch {
    say('mockttp is left out: it cannot be installed.')
    return false
  }
}

function isFound(program) {
  return process.env.PATH.split(':').some((folder) => existsSync(join(folder, program)))
}

async function startMitmdump(upstream) {
  const port = await freePort()
  const mode = `reverse:${new URL(upstream).origin}`
  return listening(port, 'mitmdump', ['--quiet', '--mode', mode, '--listen-port', String(port)])
}

async function startNginx(upstream) {
  const port = await freePort()
  const file = join(scratch, 'nginx.conf')
  writeFileSync(
    file,
    `daemon off; worker_processes 1; pid ${scratch}/nginx.pid; error_log /dev/null;
events { worker_connections 1024; }
http {
  access_log off; client_max_body_size 0;
  upstream server { server ${new URL(upstream).host}; keepalive 256; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://server; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
`,
  )
  return listening(port, 'nginx', ['-p', scratch, '-c', file])
}

async function listening(port, program, argv) {
  const child = keep(spawn(program, argv, { stdio: 'ignore' }))
  for (let tries = 0; tries < 100 && !(await answers(port)); tries += 1) await sleep(100)
  return { url: `http://127.0.0.1:${port}/mcp`, end: async () => void child.kill('SIGKILL') }
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const tell = (isUp) => {
      socket.destroy()
      resolve(isUp)
    }
    socket.once('connect', () => tell(true)).once('error', () => tell(false))
  })
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
