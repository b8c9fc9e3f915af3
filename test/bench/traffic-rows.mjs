/** Requests a second, added latency and event streams: authtap beside direct, bare http-proxy and bare undici. */
import { join } from 'node:path'
import { median } from './median.mjs'
import { scratch, startAuthtap, startPart } from './processes.mjs'

/** Interleaves: each round measures every way once, so that what others do on the machine falls on all alike. */
async function interleave(rounds, ways, measure) {
  const found = new Map(ways.map((way) => [way, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const way of round % 2 === 0 ? ways : [...ways].reverse())
      found.get(way).push(await measure(way))
  return found
}

/** The median over the rounds of one way measured against another in the same round. */
function paired(found, way, other, compare) {
  return median(found.get(way).map((value, round) => compare(value, found.get(other)[round])))
}

const ratio = (a, b) => a / b
const difference = (a, b) => a - b

export async function trafficRows({ cli, upstream, load, rounds }) {
  const parts = [await startPart('http-proxy.mjs', upstream.url)]
  parts.push(await startPart('undici-proxy.mjs', upstream.url))
  const journal = (name) => ({ args: ['--journal', join(scratch, name)] })
  parts.push(await startAuthtap(cli, upstream.url, { format: 'text', ...journal('text') }))
  parts.push(await startAuthtap(cli, upstream.url, { format: 'text' }))
  parts.push(await startAuthtap(cli, upstream.url, journal('ndjson')))
  const names = ['http-proxy', 'undici', 'authtap', 'unrecorded', 'ndjson']
  const urls = new Map([['direct', upstream.url]])
  names.forEach((name, index) => urls.set(name, parts[index].url))
  try {
    return [
      ...(await rateRows(urls, load, rounds)),
      ...(await latencyRows(urls, load, rounds)),
      ...(await eventRows(urls, load, rounds)),
    ]
  } finally {
    await Promise.all(parts.map((part) => part.end()))
  }
}

async function rateRows(urls, load, rounds) {
  const rate = async (way, ms) =>
    (await load.do('rate', { url: urls.get(way), connections: 16, ms })).perSecond
  const ways = [...urls.keys()]
  for (const way of ways) await rate(way, 1500)
  const found = await interleave(rounds, ways, (way) => rate(way, 1200))
  const name = 'requests/s, 16 connections, 2 kB JSON'
  const measured = (way) => `${Math.round(median(found.get(way)))}/s`
  const against = (way, other) => paired(found, way, other, ratio)
  return [
    { what: `${name}: direct`, measured: measured('direct') },
    { what: `${name}: bare http-proxy`, measured: measured('http-proxy') },
    { what: `${name}: bare undici`, measured: measured('undici') },
    {
      what: `${name}: authtap, against http-proxy`,
      measured: measured('authtap'),
      ratio: against('authtap', 'http-proxy'),
      atLeast: 1,
    },
    {
      what: '… without a journal',
      measured: measured('unrecorded'),
      ratio: against('unrecorded', 'http-proxy'),
    },
    {
      what: '… with every exchange as ndjson as well',
      measured: measured('ndjson'),
      ratio: against('ndjson', 'http-proxy'),
    },
    { what: '… against bare undici', ratio: against('authtap', 'undici') },
    { what: '… against direct', ratio: against('authtap', 'direct') },
  ]
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
  const bar = (found) => ({
    value: paired(found, 'authtap', 'direct', difference),
    atMost: 0.25,
    unit: ' ms',
  })
  return [
    row(busy, 'added latency, 1 connection, call after call: authtap', 'authtap', bar(busy)),
    row(busy, '… bare http-proxy', 'http-proxy'),
    row(busy, '… bare undici', 'undici'),
    row(paced, 'added latency, 1 connection, a call each 5 ms: authtap', 'authtap', bar(paced)),
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
      atMost: 0.2,
      unit: ' ms',
    },
    {
      what: `… events that came with another (direct: ${batched('direct')}) or not at all`,
      measured: `${batched('authtap')} and ${lost} of ${150 * rounds}`,
    },
  ]
}
