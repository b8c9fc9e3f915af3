import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { keep } from '../fuzz/children.mjs'
import { Client } from './client.mjs'
import { journalCounts } from './journal-counts.mjs'
import { Parties } from './parties.mjs'

const token = 'v'.repeat(40)
const program = fileURLToPath(new URL('proxied.mjs', import.meta.url))
/** So long nothing happens before it is measured what is held, in milliseconds. */
const silence = 3000
/** Seconds that it may take to end: what was not judged yet is, however busy the machine. */
const patience = 120
/** So many logins are kept as they are, the newest; from then on the heap grows by what is kept of those that are over. */
const atHand = 250
/**
 * Megabytes by which the heap may grow from one measurement to the next, and kilobytes more for each login: while the newest
 * are not all there, and then: what it found out is kept, and its secrets until some thousand newer ones are there.
 */
const growth = 20
const ofNewest = 200
const ofLogin = 45

/**
 * One session of the proxy under load. Kinds: `calm`, in which everybody gets through; `storm`, in which clients leave, servers
 * die and come back and the clock jumps; `full`, in which the disk does.
 */
export class SoakSession {
  faults = []
  logins = 0
  requests = 0
  memory = []
  #kind
  #crowd
  #chance
  #parties
  #child
  #folder = mkdtempSync(join(tmpdir(), 'authtap-soak-'))
  #said = ''
  #heard = () => undefined
  #exit
  #finished = new Map()
  #failures = new Map()

  /** @param clients at a time */
  constructor(kind, clients, chance) {
    this.#kind = kind
    this.#crowd = clients
    this.#chance = chance
  }

  /** In parts, with silence behind each: what is held then is held for good. */
  async run(milliseconds, parts = milliseconds > 120_000 ? 4 : 2) {
    await this.#start()
    for (let part = 0; part < parts; part += 1) {
      const until = Date.now() + milliseconds / parts
      await Promise.all([
        ...Array.from({ length: this.#crowd }, () => this.#clients(until)),
        this.#viewers(until),
        this.#trouble(until, part === parts - 1),
      ])
      await pause(silence)
      await this.#measure()
    }
    const end = await this.#finish()
    await this.#check(end)
    rmSync(this.#folder, { recursive: true, force: true })
    return this
  }

  async #start() {
    this.#parties = await new Parties().start()
    const file = (name) => join(this.#folder, name)
    const args = [
      this.#parties.endpoint,
      '--port',
      '0',
      '--listen',
      '0',
      '--format',
      'ndjson',
      '--output',
      file('out.ndjson'),
    ]
    args.push(
      '--journal',
      file('journal'),
      '--har',
      file('out.har'),
      '--log-file',
      file('log'),
      '--log-level',
      'info',
      '--quiet-period',
      '2',
    )
    const env = { ...process.env, AUTHTAP_TOKEN: token, XDG_STATE_HOME: file('state'), CI: '1' }
    this.#child = keep(
      fork(program, args, {
        env,
        execArgv: ['--expose-gc'],
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    )
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.#said += text))
    this.#child.on('message', (message) => this.#heard(message))
    this.#heard = ({ ended }) => (this.#said += ended?.bug ?? '')
    this.#exit = once(this.#child, 'exit')
    this.#child.once('exit', (code, signal) =>
      this.#heard({
        ended: { code: code ?? signal, bugs: ['it ended by itself'], before: {}, after: {} },
      }),
    )
    while (!/Watch with/.test(this.#said))
      await Promise.race([pause(20), this.#exit.then(() => Promise.reject(new Error(this.#said)))])
    this.url = /http:\/\/localhost:\d+\/mcp/.exec(this.#said)[0]
    this.live = /ws:\/\/\S+/.exec(this.#said)[0]
  }

  /** One client after the other. */
  async #clients(until) {
    while (Date.now() < until) {
      const done = (method, { origin, pathname }) => {
        this.requests += 1
        // The browser goes to the authorization server itself.
        if (origin === this.#parties.as.origin) return
        const name = `${method} ${pathname}`
        this.#finished.set(name, (this.#finished.get(name) ?? 0) + 1)
      }
      const { through, why } = await new Client(this.url, this.#chance, {
        storm: this.#kind === 'storm',
        until,
        done,
      }).run()
      if (through) this.logins += 1
      else {
        this.#failures.set(why, (this.#failures.get(why) ?? 0) + 1)
        await pause(50)
      }
    }
  }

  /** Viewers come and go, in order or not. */
  async #viewers(until) {
    while (Date.now() < until) {
      const viewer = new WebSocket(this.live, { headers: { Authorization: `Bearer ${token}` } })
      viewer.on('error', () => undefined)
      await Promise.race([once(viewer, 'message').catch(() => undefined), pause(2000)])
      await pause(this.#chance.below(300))
      if (this.#chance.is(0.5)) viewer.close()
      else viewer.terminate()
    }
  }

  async #trouble(until, isLast) {
    const begun = Date.now()
    // The last of it is quiet, so that what began before is over.
    const quiet = Math.min(1500, (until - begun) / 4)
    while (Date.now() < until - quiet) {
      await pause(Math.min(400, quiet))
      if (this.#kind === 'full' && isLast) this.#child.send({ disk: 'full' })
      if (this.#kind !== 'storm') continue
      if (this.#chance.is(0.3)) this.#child.send({ clock: (this.#chance.next() - 0.5) * 7_200_000 })
      if (this.#chance.is(0.3))
        await this.#death(this.#chance.pick([this.#parties.mcp, this.#parties.as]))
    }
  }

  async #death(server) {
    const { port } = server
    server.die(this.#chance.is(0.5))
    await pause(this.#chance.below(300))
    await server.live(port)
  }

  async #measure() {
    const heard = new Promise((resolve) => (this.#heard = resolve))
    this.#child.send({ measure: true })
    const { held } = await heard
    this.memory.push({ ...held, logins: this.logins, requests: this.requests })
  }

  async #finish() {
    const heard = new Promise((resolve) => (this.#heard = resolve))
    this.#child.send({ finish: true })
    const { ended } = await Promise.race([
      heard,
      pause(
        patience * 1000,
        { ended: { bugs: [`it did not end within ${patience} s`], before: {}, after: {} } },
        { ref: false },
      ),
    ])
    if (this.#child.exitCode === null) await Promise.race([this.#exit, pause(1000)])
    return ended
  }

  async #check({ code, refused, bug, bugs, before, after }) {
    const fault = (sentence) => this.faults.push(`${this.#kind}: ${sentence}`)
    for (const text of [bug, ...bugs]) if (text !== undefined) fault(text)
    const own = /.*(?:bug in authtap|Warning: ).*/.exec(this.#said)
    if (own !== null) fault(own[0])
    for (const [name, count] of Object.entries(after))
      if (count > (before[name] ?? 0)) fault(`left behind: ${name}, ${count - (before[name] ?? 0)}`)
    for (const until = Date.now() + 5000; this.#parties.connections > 0 && Date.now() < until;)
      await pause(50)
    if (this.#parties.connections > 0)
      fault(`${this.#parties.connections} connections to upstreams are left`)
    this.#parties.stop()
    this.#checkMemory(fault)
    if (this.#kind === 'full') {
      if (!/cannot write the journal \(ENOSPC\)/.test(this.#said))
        fault('it does not say that the journal ended')
      if (refused === undefined) fault(`output was lost, and it exits with ${code}`)
      return
    }
    this.#checkJournal(fault, code)
  }

  #checkMemory(fault) {
    for (const [index, now] of this.memory.entries()) {
      const before = this.memory[index - 1]
      if (before === undefined) continue
      const newest = Math.max(0, Math.min(atHand, now.logins) - before.logins)
      const over = now.logins - before.logins - newest
      const may = growth + (newest * ofNewest + over * ofLogin) / 1024
      if (now.heap - before.heap > may)
        fault(
          `the heap grew from ${before.heap.toFixed(0)} to ${now.heap.toFixed(0)} MB with ${now.logins - before.logins} logins`,
        )
    }
  }

  #checkJournal(fault, code) {
    const { counts, exchanges, report } = journalCounts(join(this.#folder, 'journal'))
    for (const [name, count] of this.#finished)
      if ((counts.get(name) ?? 0) < count)
        fault(`of ${count} finished exchanges ${name} the journal has ${counts.get(name) ?? 0}`)
    if (report?.capture.exchanges !== exchanges)
      fault(
        `the report counts ${report?.capture.exchanges} exchanges, the journal has ${exchanges}`,
      )
    const crashed = report?.outcomes.crash ?? 0
    if (crashed > 0) fault(`${crashed} rules crashed`)
    if (this.#kind !== 'calm') return
    for (const [why, count] of this.#failures) fault(`${count} clients did not get through: ${why}`)
    if (report?.verdict !== 'pass' || code !== 0)
      fault(
        `everybody got through, and the verdict is ${report?.verdict} (exit ${code}): ${report?.findings.map(({ rule, message }) => `${rule} ${message}`)[0]}`,
      )
  }
}
