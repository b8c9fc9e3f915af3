/** The terminal UI on a real pty, with many exchanges held and calls coming at a steady pace. */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from './median.mjs'
import { cpuMs, residentMb, startAuthtap } from './processes.mjs'
import { openScreen } from './screen.mjs'

/** Calls of a measurement, and how many come in a second. */
const pace = { count: 200, perSecond: 50 }
/** How long traffic runs while the terminal reads, and while it does not, in milliseconds. */
const stretch = 1500

export async function tuiRows({ cli, upstream, load, held, rounds }) {
  const frames = []
  const screen = openScreen([cli, upstream.url, '--port', '0'], (lines, at) => {
    const shown = /─ (\d+)\/\1 follow/.exec(lines)
    if (shown !== null) frames.push({ count: Number(shown[1]), at })
  })
  const plain = await startAuthtap(cli, upstream.url)
  try {
    const url = await screen.url()
    const memory = []
    for (let part = 0; part < 4; part += 1) {
      await load.do('calls', { url, connections: 16, count: held / 4 })
      memory.push(residentMb(screen.pid))
    }
    await load.do('calls', { url: plain.url, connections: 16, count: held })
    await screen.shows(`${held}/${held}`)
    await sleep(2500)
    const idle = await share(screen.pid, () => sleep(2000))
    const paced = await pacedRows({ screen, plain, url, load, held, frames, rounds })
    const stalled = await stalledRate({ screen, url, load, rounds })
    memory.push(residentMb(screen.pid))
    return [
      ...memoryRows(memory, held),
      percentRow('… processor while nothing happens', idle, { value: idle, atMost: 1, unit: ' %' }),
      ...paced,
      {
        what: '… calls/s while the terminal has stopped reading, against while it reads',
        measured: `${stalled.calls.toFixed(0)}/s`,
        ratio: stalled.ratio,
        atLeast: 0.9,
      },
    ]
  } finally {
    await screen.end()
    await plain.end()
  }
}

function memoryRows(samples, held) {
  const highest = Math.max(...samples)
  return [
    {
      what: `TUI, ${held} exchanges held: RSS after they came at full speed`,
      measured: `${samples.map((one) => one.toFixed(0)).join(', ')} MB`,
      value: highest,
      atMost: 220,
      unit: ' MB',
    },
  ]
}

/** Calls at a steady pace, through authtap with the screen and through one without, in turns. */
async function pacedRows({ screen, plain, url, load, held, frames, rounds }) {
  const delays = []
  const ratios = []
  const added = []
  const shares = { screen: [], plain: [] }
  let count = held
  await load.do('paced', { url: plain.url, ...pace })
  for (let round = 0; round < rounds; round += 1) {
    const through = {}
    for (const side of round % 2 === 0 ? ['screen', 'plain'] : ['plain', 'screen']) {
      const one = side === 'screen' ? { pid: screen.pid, url } : plain
      const percent = await share(one.pid, async () => {
        through[side] = await load.do('paced', { url: one.url, ...pace })
      })
      if (percent !== undefined) shares[side].push(percent)
    }
    await sleep(100)
    for (const answered of through.screen.answered) {
      count += 1
      const shown = frames.find((frame) => frame.count >= count)
      if (shown !== undefined) delays.push(Number(shown.at - BigInt(answered)) / 1e6)
    }
    frames.length = 0
    ratios.push(through.screen.latency / through.plain.latency)
    added.push(through.screen.latency - through.plain.latency)
  }
  const [mine, others] = [median(shares.screen), median(shares.plain)]
  return [
    {
      what: `… ${pace.perSecond} calls/s: answer at the client to painted frame, median`,
      measured: `${median(delays).toFixed(1)} ms, ${quantile(delays, 0.95).toFixed(1)} ms for 95 %`,
      value: median(delays),
      atMost: 30,
      unit: ' ms',
    },
    {
      ...percentRow('… processor meanwhile, against authtap without it', mine),
      ...(others > 0 ? { ratio: mine / others } : {}),
    },
    {
      what: '… latency of a call meanwhile, against authtap without it',
      measured: `${median(added) >= 0 ? '+' : ''}${median(added).toFixed(3)} ms`,
      ratio: median(ratios),
    },
  ]
}

/** Traffic does not wait for a terminal. */
async function stalledRate({ screen, url, load, rounds }) {
  const ratios = []
  const calls = []
  const rate = () => load.do('rate', { url, connections: 16, ms: stretch })
  for (let round = 0; round < rounds; round += 1) {
    const reading = await rate()
    screen.stall()
    // What the system keeps for the terminal is full first.
    await rate()
    const stalled = await rate()
    screen.unstall()
    ratios.push(stalled.perSecond / reading.perSecond)
    calls.push(stalled.perSecond)
  }
  return { ratio: median(ratios), calls: median(calls) }
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)]
}

function percentRow(what, percent, bar = {}) {
  const measured =
    percent === undefined || Number.isNaN(percent)
      ? 'not told by this system'
      : `${percent.toFixed(1)} %`
  return { what, measured, ...(percent === undefined ? {} : bar) }
}

/** Per cent of one processor that a process uses meanwhile. */
async function share(pid, doing) {
  const began = performance.now()
  const before = cpuMs(pid)
  await doing()
  return before === undefined
    ? undefined
    : ((cpuMs(pid) - before) * 100) / (performance.now() - began)
}
