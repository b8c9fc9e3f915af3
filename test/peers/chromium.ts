import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'

/** Where it is, if it is installed here. */
export const chromium = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))

/** What stands behind the name of tests that need it. */
export const unlessInstalled = chromium === undefined ? ', not run: no Chromium is installed' : ''

export interface Page {
  /** The value of an expression in the page; undefined while the page is being exchanged for another. */
  value(expression: string): Promise<unknown>
  close(): void
}

export interface Chromium {
  open(url: string): Promise<Page>
  stop(): Promise<void>
}

/** A browser without a window, and with a profile of its own. */
export async function startChromium(): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'authtap-chromium-'))
  const flags =
    '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --remote-debugging-port=0'
  const browser = spawn(
    chromium!,
    [...flags.split(' '), `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const port = await new Promise<string>((resolve) => {
    let told = ''
    browser.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text
      const found = /ws:\/\/127\.0\.0\.1:(\d+)\//.exec(told)
      if (found !== null) resolve(found[1]!)
    })
  })
  return {
    open: (url) => open(port, url),
    stop: async () => {
      const gone = new Promise((resolve) => browser.once('exit', resolve))
      browser.kill()
      await gone
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A tab, by the protocol of the developer tools. */
async function open(port: string, url: string): Promise<Page> {
  const address = `http://127.0.0.1:${port}/json/new?${encodeURIComponent(url)}`
  const created = await fetch(address, { method: 'PUT' })
  const { webSocketDebuggerUrl } = (await created.json()) as { webSocketDebuggerUrl: string }
  const socket = new WebSocket(webSocketDebuggerUrl)
  await new Promise((resolve) => socket.once('open', resolve))
  let asked = 0
  return {
    value: (expression) => {
      asked += 1
      return evaluated(socket, asked, expression)
    },
    close: () => socket.close(),
  }
}

interface Evaluated {
  readonly id?: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

function evaluated(socket: WebSocket, id: number, expression: string): Promise<unknown> {
  return new Promise((resolve) => {
    const hear = (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Evaluated
      if (answer.id !== id) return
      socket.off('message', hear)
      resolve(answer.result?.result?.value)
    }
    socket.on('message', hear)
    const params = { expression, awaitPromise: true, returnByValue: true }
    socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }))
  })
}
