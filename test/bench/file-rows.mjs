/** Start-up, and the judging of files. */
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median } from './median.mjs'
import { answerBody, callBody, callHeaders } from './messages.mjs'
import { scratch, startAuthtap, timed } from './processes.mjs'

export async function startRows({ cli, upstream, rounds }) {
  const bare = []
  const starts = []
  for (let round = 0; round < rounds + 2; round += 1) {
    bare.push((await timed(['-e', '0'])).ms)
    const authtap = await startAuthtap(cli, upstream.url)
    starts.push(authtap.startMs)
    await authtap.end()
  }
  const ms = median(starts)
  return [
    {
      what: 'start to listening, against node -e 0',
      measured: `${ms.toFixed(0)} ms (node: ${median(bare).toFixed(0)} ms)`,
      ratio: ms / median(bare),
      value: ms,
      atMost: 250,
      unit: ' ms',
    },
    await fromCloneRow(rounds),
  ]
}

/** What a clone adds where nothing changed since it was built. */
async function fromCloneRow(rounds) {
  const start = fileURLToPath(new URL('../tools/start.mjs', import.meta.url))
  const times = []
  for (let round = 0; round < rounds + 1; round += 1)
    times.push((await timed([start, '--version'])).ms)
  return {
    what: '… from a clone in which nothing changed: npm start -- --version',
    measured: `${median(times).toFixed(0)} ms`,
    value: median(times),
    atMost: 1000,
    unit: ' ms',
  }
}

export async function analyzeRows({ cli, rounds, entries = 10_000 }) {
  const file = join(scratch, 'long.har')
  writeFileSync(file, harText(entries))
  const megabytes = statSync(file).size / 1e6
  const reading = `JSON.parse(require('fs').readFileSync(${JSON.stringify(file)}, 'utf8'))`
  const argv = [cli, 'analyze', file, '--format', 'json', '--output', '/dev/null']
  const times = []
  const bare = []
  for (let round = 0; round < rounds; round += 1) {
    bare.push((await timed(['-e', reading])).ms)
    const { ms, code } = await timed(argv)
    if (code !== 0 && code !== 1) throw new Error(`analyze ended with ${code}`)
    times.push(ms)
  }
  const seconds = median(times) / 1000
  return [
    {
      what: `analyze: a HAR of ${entries} entries, ${megabytes.toFixed(0)} MB, against JSON.parse`,
      measured: `${seconds.toFixed(2)} s`,
      ratio: median(times) / median(bare),
      value: seconds,
      atMost: 1,
      unit: ' s',
    },
    {
      what: '… MB/s, with the start of the process',
      measured: `${(megabytes / seconds).toFixed(0)} MB/s`,
      value: megabytes / seconds,
      atLeast: 80,
      unit: ' MB/s',
    },
    ...(await writingRows(cli, file, megabytes, rounds)),
    ...(await reportRows(cli, rounds)),
  ]
}

/** A report of a long session: what it takes, and how large it is. */
async function reportRows(cli, rounds, entries = 5600) {
  const [file, page] = [join(scratch, 'session.har'), join(scratch, 'report.html')]
  writeFileSync(file, harText(entries))
  const argv = [cli, 'report', '--format', 'html', file, '--output', page]
  const times = []
  for (let round = 0; round < rounds; round += 1) times.push((await timed(argv)).ms)
  const [seconds, size] = [median(times) / 1000, statSync(page).size / 1e6]
  return [
    {
      what: `report --format html: ${entries} exchanges`,
      measured: `${seconds.toFixed(2)} s`,
      ...{ value: seconds, atMost: 2, unit: ' s' },
    },
    {
      what: '… its size',
      measured: `${size.toFixed(2)} MB`,
      ...{ value: size, atMost: 1, unit: ' MB' },
    },
  ]
}

async function writingRows(cli, file, megabytes, rounds) {
  const ways = [['redact'], ['report', '--format', 'md'], ['report', '--format', 'html']]
  const rows = []
  for (const way of ways) {
    const argv = [cli, ...way, file, '--output', join(scratch, 'written')]
    const times = []
    for (let round = 0; round < rounds; round += 1) times.push((await timed(argv)).ms)
    const rate = megabytes / (median(times) / 1000)
    const measured = `${rate.toFixed(0)} MB/s`
    rows.push({
      what: `${way.join(' ')}: the same file`,
      measured,
      value: rate,
      atLeast: 40,
      unit: ' MB/s',
    })
  }
  return rows
}

/** MCP calls of 2 kB each way, as a browser's tools write them down. */
function harText(count) {
  const headers = Object.entries(callHeaders).map(([name, value]) => ({ name, value }))
  const text = answerBody(1)
  const entries = Array.from({ length: count }, (_, index) => ({
    startedDateTime: new Date(Date.UTC(2026, 0, 1) + index * 20).toISOString(),
    time: 12,
    request: {
      ...{ method: 'POST', url: 'https://mcp.example/mcp', httpVersion: 'HTTP/1.1' },
      ...{ cookies: [], headers, queryString: [], headersSize: -1, bodySize: 2048 },
      postData: { mimeType: 'application/json', text: callBody(index) },
    },
    response: {
      ...{ status: 200, statusText: 'OK', httpVersion: 'HTTP/1.1', cookies: [] },
      headers: [{ name: 'content-type', value: 'application/json' }],
      content: { size: text.length, mimeType: 'application/json', text },
      ...{ redirectURL: '', headersSize: -1, bodySize: text.length },
    },
    cache: {},
    timings: { send: 1, wait: 10, receive: 1 },
    connection: '1',
  }))
  const creator = { name: 'bench', version: '1' }
  return JSON.stringify({ log: { version: '1.2', creator, entries } })
}
