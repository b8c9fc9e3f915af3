import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { WebSocket } from 'ws'
import { built } from '../tools/built.mjs'
import { keep } from './children.mjs'
import { found } from './secrets.mjs'
import { Upstream } from './upstream.mjs'

const token = 'v'.repeat(40)
/** Megabytes that the process may have while it is attacked. */
const memoryLimit = 600

/** The real command in front of an upstream, with every way out that it has. */
export class Proxy {
  faults = []
  #secrets
  #folder = mkdtempSync(join(tmpdir(), 'authtap-fuzz-'))
  #upstream = new Upstream()
  #child
  #said = ''
  #seen = ''
  #viewer
  #healthy
  /** Clients that never end. */
  #staying = []

  constructor(secrets) {
    this.#secrets = secrets
  }

  async start() {
    await this.#upstream.start()
    const file = (name) => join(this.#folder, name)
    const args = [
      `${this.#upstream.origin}/mcp`,
      '--port',
      '0',
      '--listen',
      '0',
      '--format',
      'ndjson',
    ]
    args.push(
      '--output',
      file('out.ndjson'),
      '--har',
      file('out.har'),
      '--journal',
      file('journal'),
    )
    args.push('--log-file', file('log'), '--log-level', 'trace', '--body-limit', '100000')
    const env = { ...process.env, AUTHTAP_TOKEN: token, XDG_STATE_HOME: file('state'), CI: '1' }
    this.#child = keep(
      spawn(process.execPath, [built('src/cli.js'), ...args], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.#said += text))
    await until(
      () => /Watch with/.test(this.#said),
      20_000,
      () => `it did not start: ${this.#said}`,
    )
    this.port = Number(/http:\/\/localhost:(\d+)\/mcp/.exec(this.#said)[1])
    this.livePort = Number(/ws:\/\/[^:]*:(\d+)/.exec(this.#said)[1])
    await this.#watch()
    this.#healthy = await this.#ask()
  }

  /** What the parties are called in messages. */
  get places() {
    return {
      host: `localhost:${this.port}`,
      origin: this.#upstream.origin,
      redirect: 'http://127.0.0.1:5000/cb',
    }
  }

  get isAlive() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What the upstream says from now on. */
  answerWith(script) {
    this.#upstream.script = script
  }

  /** A connection to one of its ports; the oldest of those that stay goes when there are many. */
  async connect(port, stays) {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    await once(socket, 'connect').catch(() => undefined)
    if (stays) this.#staying.push(socket)
    if (this.#staying.length > 40) this.#staying.shift().destroy()
    return socket
  }

  /** Whether it is as it was: every fault in a sentence. */
  async check() {
    if (!this.isAlive)
      return this.#fault(`it ended with ${this.#child.exitCode ?? this.#child.signalCode}`)
    const now = await this.#ask().catch((error) => error.message)
    if (JSON.stringify(now) !== JSON.stringify(this.#healthy))
      this.#fault(
        `a healthy request went otherwise:\n${JSON.stringify(now)}\nand before\n${JSON.stringify(this.#healthy)}`,
      )
    const memory = this.memory
    if (memory > memoryLimit) this.#fault(`it takes ${Math.round(memory)} MB`)
    this.#read()
  }

  get memory() {
    if (process.platform !== 'linux' || !this.isAlive) return 0
    return (
      Number(
        /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8'))[1],
      ) / 1024
    )
  }

  /** Ends it and looks at all that it left. */
  async end() {
    await this.check()
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGINT')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    if (this.isAlive) await exit
    clearTimeout(timer)
    for (const socket of this.#staying) socket.destroy()
    this.#viewer?.terminate()
    this.#upstream.close()
    const code = this.#child.exitCode
    if (![0, 1, 3].includes(code))
      this.#fault(`it exits with ${code ?? this.#child.signalCode}: ${this.#said.slice(-2000)}`)
    this.#read()
    try {
      this.#files()
    } catch (error) {
      this.#fault(`what it left cannot be read: ${error.message}`)
    }
    rmSync(this.#folder, { recursive: true, force: true })
    return this.faults
  }

  #files() {
    const text = (name) => readFileSync(join(this.#folder, name), 'utf8')
    const last = text('out.ndjson').trimEnd().split('\n').at(-1)
    if (!/^\{"type":"report".*"verdict":"(?:pass|fail|incomplete)"/.test(last))
      this.#fault(`there is no verdict: ${last.slice(0, 300)}`)
    JSON.parse(text('out.har'))
    const journals = readdirSync(join(this.#folder, 'journal')).map((name) => join('journal', name))
    for (const name of ['out.ndjson', 'out.har', 'log', ...journals]) this.#leak(name, text(name))
    this.#leak('what viewers got', this.#seen)
    this.#leak('what it printed', this.#said)
  }

  #leak(place, text) {
    const secrets = found(text, this.#secrets)
    if (secrets.length === 0) return
    const at = text.indexOf(this.#secrets[secrets[0]])
    this.#fault(
      `${place} has ${secrets.join(', ')}: ${JSON.stringify(text.slice(Math.max(0, at - 200), at + 100))}`,
    )
  }

  /** What it said of itself. */
  #read() {
    const bug = /.*(?:his is a bug in authtap|Warning: |^\s+at ).*/m.exec(this.#said)
    if (bug !== null) this.#fault(bug[0])
  }

  #fault(sentence) {
    if (!this.faults.includes(sentence)) this.faults.push(sentence)
  }

  async #watch() {
    this.#viewer = new WebSocket(`ws://127.0.0.1:${this.livePort}`, {
      headers: { Authorization: `Bearer ${token}` },
    })
    this.#viewer.on(
      'message',
      (data) => (this.#seen = (this.#seen + data.toString()).slice(-50_000_000)),
    )
    this.#viewer.on('error', () => undefined)
    await once(this.#viewer, 'open')
  }

  /** A request and its answer as they were, and that viewers are told of it. */
  async #ask() {
    const { access, refresh, client, session } = this.#secrets
    const { host } = this.places
    const fields = [
      `Host: ${host}`,
      `Authorization: Bearer ${access}`,
      `cookie: sid=${session}`,
      'X-Two: 1',
      'x-two: 2',
    ]
    const body = `grant_type=refresh_token&refresh_token=${refresh}&client_secret=${client}&is=healthy!`
    const head = [
      'POST /healthy HTTP/1.1',
      ...fields,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
    ]
    const socket = await this.connect(this.port, false)
    let answer = ''
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
    const before = this.#seen.length
    this.#upstream.healthy = ''
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
    await until(
      () => answer.endsWith('}}'),
      10_000,
      () => `no answer to a healthy request, but ${JSON.stringify(answer.slice(0, 300))}`,
    )
    await until(
      () => this.#seen.length !== before,
      10_000,
      () => 'a viewer was not told of a healthy request',
    )
    socket.destroy()
    return { sent: this.#upstream.healthy, answer }
  }
}

async function until(holds, patience, fault) {
  for (const deadline = Date.now() + patience; !holds();) {
    if (Date.now() > deadline) throw new Error(fault())
    await new Promise((resolve) => setTimeout(resolve, 3))
  }
}
