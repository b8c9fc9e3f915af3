/** What a long session costs: memory, flat or not, and processor time per call early and late. */
import { performance } from 'node:perf_hooks'
import { clearInterval, setInterval } from 'node:timers'
import { cpuMs, residentMb, startAuthtap } from './processes.mjs'

/** Calls over which the cost of one is taken. */
const span = 2000

export async function callRows({ cli, upstream, load, calls }) {
  const authtap = await startAuthtap(cli, upstream.url)
  const send = (count) => load.do('calls', { url: authtap.url, connections: 16, count })
  try {
    // Before, what is measured is how far the code is compiled.
    const warm = Math.max(calls / 10, 8000)
    await send(warm - span)
    const early = await cost(authtap.pid, send)
    const quarter = Math.floor((calls - warm - span) / 4)
    const memory = []
    for (let part = 0; part < 4; part += 1) {
      await send(quarter)
      memory.push(residentMb(authtap.pid))
    }
    const late = await cost(authtap.pid, send)
    memory.push(residentMb(authtap.pid))
    return [
      memoryRow(`RSS after ${calls} MCP calls`, memory),
      {
        what: `processor time of a call: around call ${calls} against around call ${warm}`,
        measured: `${late.toFixed(0)} against ${early.toFixed(0)} µs`,
        ratio: late / early,
        atMost: 1.2,
      },
    ]
  } finally {
    await authtap.end()
  }
}

/** Microseconds of processor time a call takes; of the clock's where the system does not tell. */
async function cost(pid, send) {
  const began = cpuMs(pid) ?? performance.now()
  await send(span)
  return (((cpuMs(pid) ?? performance.now()) - began) * 1000) / span
}

export async function streamRows({ cli, upstream, load, streamMb }) {
  const authtap = await startAuthtap(cli, upstream.url)
  const memory = []
  try {
    const clock = setInterval(() => memory.push(residentMb(authtap.pid)), 100)
    const bytes = streamMb * 1024 * 1024
    const through = await load.do('drain', { url: authtap.url, bytes }).finally(() => {
      clearInterval(clock)
    })
    memory.push(residentMb(authtap.pid))
    const direct = await load.do('drain', { url: upstream.url, bytes: bytes / 4 })
    return [
      memoryRow(`RSS while ${streamMb} MB pass through one event stream`, memory),
      {
        what: '… MB/s, against direct',
        measured: `${(through.perSecond / 1048576).toFixed(0)} MB/s`,
        ratio: through.perSecond / direct.perSecond,
      },
    ]
  } finally {
    await authtap.end()
  }
}

/** The highest of all samples is what counts; flat is when the last quarter is no higher than the half before it. */
function memoryRow(what, samples) {
  const highest = Math.max(...samples)
  const middle = samples.slice(Math.floor(samples.length / 4), Math.ceil((samples.length * 3) / 4))
  const last = samples.slice(Math.floor((samples.length * 3) / 4))
  const growth = Math.max(...last) / Math.max(...middle)
  return {
    what,
    measured: `${highest.toFixed(0)} MB, ${growth <= 1.1 ? 'flat' : 'growing'}`,
    ratio: growth,
    value: highest,
    atMost: 150,
    unit: ' MB',
  }
}
