/** The processes of the bench: each is started here, and ended here by its own id. */
import { execFileSync, fork, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { performance } from 'node:perf_hooks'
import { clearTimeout, setTimeout } from 'node:timers'

const children = new Set()
export const scratch = mkdtempSync(join(tmpdir(), 'authtap-bench-'))

export function keep(child) {
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** Ends everything that was started, and removes what was written. */
export function endAll() {
  for (const child of children) child.kill('SIGKILL')
  rmSync(scratch, { recursive: true, force: true })
}

/** So long a process may take to start, in milliseconds. */
const patience = 20_000

function within(ms, what, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** A process of the bench's own. */
export async function startPart(name, ...args) {
  const child = keep(fork(fileURLToPath(new URL(name, import.meta.url)), args))
  const next = () =>
    new Promise((resolve, reject) => {
      const gone = () => reject(new Error(`${name} ended`))
      child.once('exit', gone)
      child.once('message', (message) => {
        child.off('exit', gone)
        if (message.error === undefined) resolve(message)
        else reject(new Error(message.error))
      })
    })
  const { port } = await within(patience, name, next())
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${port}/mcp`,
    async do(job, options) {
      const answer = next()
      child.send({ job, options })
      return (await answer).result
    },
    end: () => ended(child, 'SIGKILL'),
  }
}

function environment() {
  const env = { ...process.env, XDG_STATE_HOME: join(scratch, 'state'), NO_COLOR: '1' }
  delete env.NODE_OPTIONS
  return env
}

/** The real command line, in front of this upstream. It keeps no journal unless it is told where. */
export async function startAuthtap(cli, upstream, options = {}) {
  const { args = [], nodeArgs = [], format = 'ndjson' } = options
  const began = performance.now()
  const argv = [...nodeArgs, cli, upstream, '--port', '0', '--format', format]
  argv.push('--output', '/dev/null', ...args)
  const stdio = ['ignore', 'ignore', 'pipe']
  const child = keep(spawn(process.execPath, argv, { env: environment(), stdio }))
  const url = await within(patience, 'authtap', listening(child))
  const startMs = performance.now() - began
  return { pid: child.pid, url, startMs, end: () => ended(child, 'SIGINT') }
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr.setEncoding('utf8')
    child.stderr.on('data', (text) => {
      said += said.length < 10_000 ? text : ''
      const url = /^Listening +(\S+) /m.exec(said)?.[1]
      // The same address that everything else is reached by.
      if (url !== undefined) resolve(url.replace('//localhost:', '//127.0.0.1:'))
    })
    child.once('exit', (code) => reject(new Error(`authtap ended with ${code}: ${said}`)))
  })
}

/** Ends a process by its id; one that does not end when asked is killed. */
function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 6000)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill(signal)
  })
}

/** Runs a program to its end. Resolves with milliseconds and its exit code. */
export async function timed(argv, limit = 60_000) {
  const began = performance.now()
  const child = keep(spawn(process.execPath, argv, { env: environment(), stdio: 'ignore' }))
  const exit = new Promise((resolve) => child.once('exit', resolve))
  const code = await within(limit, argv.join(' '), exit)
  return { ms: performance.now() - began, code }
}

/** Resident memory in MB. */
export function residentMb(pid) {
  if (process.platform === 'linux') {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)[1]) / 1024
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024
}

/** Processor time used so far, in milliseconds: unlike the clock, it does not count what others on the machine do. */
export function cpuMs(pid) {
  if (process.platform !== 'linux') return undefined
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
