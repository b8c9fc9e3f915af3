/** Requests a second, what they cost, added latency and event streams: authtap beside other proxies and none. */
import { join } from 'node:path'
import { median } from './median.mjs'
import { startPeers } from './peers.mjs'
import { cpuMs, scratch, startAuthtap } from './processes.mjs'

/** Each round measures every way once, in another order, so that what others do on the machine falls on all alike. */
async function interleave(rounds, ways, measure) {
  const found = new Map(ways.map((way) => [way, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const way of shuffled(ways)) found.get(way).push(await measure(way))
  return found
}

function shuffled(ways) {
  const order = new Map(ways.map((way) => [way, Math.random()]))
  return [...ways].sort((a, b) => order.get(a) - order.get(b))
}

/** The median of what each round gives for one way against another, and how far the rounds lie apart. */
function paired(found, way, other, compare = ratio) {
  return median(comparisons(found, way, other, compare))
}

function comparisons(found, way, other, compare) {
  return found.get(way).map((value, round) => compare(value, found.get(other)[round]))
}

function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return `${sorted[0].toFixed(2)} to ${sorted.at(-1).toFixed(2)}`
}

/** Microseconds of processor time that a proxy takes for a call, where the system tells. */
async function costRows(parts, load, rounds) {
  const ways = [...parts.keys()].filter((way) => parts.get(way).pid !== undefined)
  if (cpuMs(process.pid) === undefined) return []
  const count = 4000
  const found = await interleave(rounds, ways, async (way) => {
    const { pid, url } = parts.get(way)
    const before = cpuMs(pid)
    await load.do('calls', { url, connections: 16, count })
    return ((cpuMs(pid) - before) * 1000) / count
  })
  return ways.map((way) => ({
    what: `processor time of such a call: ${names[way] ?? way}${way === 'http-proxy' ? '' : ', http-proxy against it'}`,
    measured: `${median(found.get(way)).toFixed(1)} µs`,
    ...(way === 'http-proxy' ? {} : { ratio: paired(found, 'http-proxy', way) }),
  }))
}

const ratio = (a, b) => a / b
const difference = (a, b) => a - b

export async function trafficRows({ cli, upstream, load, rounds, say }) {
  const peers = await startPeers(upstream.url, say)
  const journal = (name) => ({ args: ['--journal', join(scratch, name)] })
  const own = [
    ['authtap', await startAuthtap(cli, upstream.url, { format: 'text', ...journal('text') })],
    ['ndjson', await startAuthtap(cli, upstream.url, journal('ndjson'))],
  ]
  const screen = await openTui(cli, upstream.url)
  if (screen !== undefined) own.push(['tui', screen])
  const parts = new Map([...peers, ...own])
  const urls = new Map([['direct', upstream.url]])
  for (const [name, { url }] of parts) urls.set(name, url)
  try {
    return [
      ...(await rateRows(urls, load, rounds)),
      ...(await costRows(parts, load, rounds)),
      ...(await sizeRows(urls, load, rounds)),
      ...(await latencyRows(urls, load, rounds)),
      ...(await eventRows(urls, load, rounds)),
    ]
  } finally {
    await Promise.all([...parts.values()].map((part) => part.end()))
  }
}

/** Loads a pty, which not every system has. */
async function openTui(cli, upstream) {
  try {
    const { openScreen } = await import('./screen.mjs')
    const screen = openScreen([cli, upstream, '--port', '0', '--journal', join(scratch, 'tui')])
    return { pid: screen.pid, url: await screen.url(), end: () => screen.end() }
  } catch {
    return undefined
  }
}

const names = { ndjson: 'authtap, every exchange as ndjson', tui: 'authtap with the terminal UI' }

/** What authtap as it runs by itself is to reach, against each peer. */
const bars = { 'http-proxy': 1.1, undici: 1, mockttp: 4.5, mitmdump: 12 }

async function rateRows(urls, load, rounds) {
  const ways = [...urls.keys()]
  const rate = async (way, ms) =>
    (await load.do('rate', { url: urls.get(way), connections: 16, ms })).perSecond
  for (const way of ways) await rate(way, 1500)
  const found = await interleave(rounds, ways, (way) => rate(way, 1200))
  const name = 'calls/s, 16 connections, 2 kB each way'
  const measured = (way) => `${Math.round(median(found.get(way)))}/s`
  const against = (what, way, other, atLeast) => ({
    what,
    measured: `${measured(way)}, ${spread(comparisons(found, way, other, ratio))}`,
    ratio: paired(found, way, other),
    ...(atLeast === undefined ? {} : { atLeast }),
  })
  const own = ['authtap', 'ndjson', 'tui'].filter((way) => ways.includes(way))
  const peers = ways.filter((way) => way !== 'direct' && !own.includes(way))
  return [
    ...['direct', ...peers, ...own].map((way) => ({
      what: `${name}: ${names[way] ?? way}`,
      measured: measured(way),
      perSecond: { way: names[way] ?? way, rounds: found.get(way).map(Math.round) },
    })),
    ...peers.map((peer) => against(`authtap against ${peer}`, 'authtap', peer, bars[peer])),
    against('… with every exchange as ndjson, against http-proxy', 'ndjson', 'http-proxy', 0.7),
    ...(ways.includes('tui')
      ? [against('… with the terminal UI, against http-proxy', 'tui', 'http-proxy', 1)]
      : []),
  ]
}

async function sizeRows(urls, load, rounds) {
  const ways = ['http-proxy', 'authtap']
  const rows = []
  for (const [connections, size] of [
    [1, 2048],
    [128, 2048],
    [16, 1024 * 1024],
  ]) {
    const rate = async (way) =>
      (await load.do('rate', { url: urls.get(way), connections, size, ms: 1000 })).perSecond
    const found = await interleave(rounds, ways, rate)
    rows.push({
      what: `calls/s, ${connections} connections, ${size === 2048 ? '2 kB' : '1 MB'} each way: authtap, against http-proxy`,
      measured: `${Math.round(median(found.get('authtap')))}/s, ${spread(comparisons(found, 'authtap', 'http-proxy', ratio))}`,
      ratio: paired(found, 'authtap', 'http-proxy'),
    })
  }
  return rows
}

async function latencyRows(urls, load, rounds) {
  const ways = ['direct', 'http-proxy', 'undici', 'authtap']
  const measure = (every, count) =>
    interleave(rounds, ways, (way) => load.do('latency', { url: urls.get(way), count, every }))
  await measure(0, 200)
  const row = (found, what, way, bar) => ({
    what,
    measured: `${paired(found, way, 'direct', difference).toFixed(3)} ms`,
    ratio: paired(found, way, 'direct', ratio),
    ...bar,
  })
  const busy = await measure(0, 500)
  const paced = await measure(5, 120)
  const added = (found, way) => paired(found, way, 'direct', difference)
  return [
    row(busy, 'added latency, 1 connection, call after call: authtap', 'authtap', {
      value: added(busy, 'authtap'),
      atMost: 0.2,
      unit: ' ms',
    }),
    row(busy, '… bare http-proxy', 'http-proxy'),
    row(busy, '… bare undici', 'undici'),
    row(paced, 'added latency, 1 connection, a call each 5 ms: authtap', 'authtap', {
      value: added(paced, 'authtap'),
      atMost: Number(added(paced, 'http-proxy').toFixed(3)),
      unit: ' ms',
    }),
    row(paced, '… bare http-proxy', 'http-proxy'),
    row(paced, '… bare undici', 'undici'),
  ]
}

async function eventRows(urls, load, rounds) {
  const found = await interleave(rounds, ['direct', 'authtap'], (way) =>
    load.do('events', { url: urls.get(way), count: 150 }),
  )
  const delay = (one) => one.delay
  const added = paired(found, 'authtap', 'direct', (a, b) => delay(a) - delay(b))
  const batched = (way) => found.get(way).reduce((sum, one) => sum + one.batched, 0)
  const lost = found.get('authtap').reduce((sum, one) => sum + 150 - one.arrived, 0)
  return [
    {
      what: 'event stream: delay added per event',
      measured: `${added.toFixed(3)} ms`,
      ratio: paired(found, 'authtap', 'direct', (a, b) => delay(a) / delay(b)),
      value: added,
      atMost: 0.1,
      unit: ' ms',
    },
    {
      what: `… events that came with another (direct: ${batched('direct')}) or not at all`,
      measured: `${batched('authtap')} and ${lost} of ${150 * rounds}`,
    },
  ]
}
