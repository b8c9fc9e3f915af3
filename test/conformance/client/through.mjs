import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { built } from '../../tools/built.mjs'
import { openTunnels, publicUrl } from './elsewhere.mjs'

const cli = built('src/cli.js')

/**
 * Puts authtap in front of a server.
 * @param {string} serverUrl
 * @param {string[]} options command-line options
 * @returns {Promise<{ url: string, local: (upstreamUrl: string) => string, stop: () => Promise<void> }>}
 *   What it tells the person comes out on stderr in `authtap: ` lines, and after `stop` its report in an
 *   `authtap-report: ` line.
 */
export async function startAuthtap(serverUrl, options) {
  const args = [cli, serverUrl, '--port', '0', '--format', 'ndjson', ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  const lines = createInterface({ input: child.stdout })
  createInterface({ input: child.stderr }).on('line', say)
  const first = await Promise.race([once(lines, 'line').then(([line]) => line), ended])
  if (typeof first !== 'string') throw new Error('authtap ended before it listened')
  const { url, publicUrls, ports } = JSON.parse(first)
  lines.on('line', (line) => sayReport(JSON.parse(line)))
  if (publicUrls !== undefined) await openTunnels(ports, serverUrl)
  return {
    url: publicUrls?.[0].url ?? url,
    local: (upstreamUrl) =>
      publicUrls === undefined ? localUrl(upstreamUrl, ports) : publicUrl(upstreamUrl, options),
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function say(line) {
  process.stderr.write(`authtap: ${line}\n`)
}

function sayReport({ type, report }) {
  if (type === 'report') process.stderr.write(`authtap-report: ${JSON.stringify(report)}\n`)
}

function localUrl(upstreamUrl, ports) {
  const url = new URL(upstreamUrl)
  const port = ports[url.origin]
  if (port === undefined) throw new Error(`authtap did not map ${url.origin}`)
  url.host = `127.0.0.1:${port}`
  return url.href
}
