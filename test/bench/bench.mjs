/**
 * Measures the built command line: `node test/bench/bench.mjs [ROW…] [--full] [--cli FILE] [--rounds N] [--json FILE]
 * [--record]`. Rows: traffic, start, calls, stream, analyze, judging, logins, tui. It asserts nothing; the table says which
 * bars are met. --full makes 100,000 calls and 5,000 logins and streams 1 GB instead of 20,000, 1,000 and 256 MB. --record
 * writes results.json beside this file, and the picture of it that the README shows.
 */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers'
import { draw, record } from './draw.mjs'
import { analyzeRows, startRows } from './file-rows.mjs'
import { judgingRows } from './judging-rows.mjs'
import { loginRows } from './login-rows.mjs'
import { callRows, streamRows } from './memory-rows.mjs'
import { endAll, startPart } from './processes.mjs'
import { tableLines } from './table.mjs'
import { trafficRows } from './traffic-rows.mjs'

const sections = {
  traffic: trafficRows,
  start: startRows,
  calls: callRows,
  stream: streamRows,
  analyze: analyzeRows,
  judging: judgingRows,
  logins: loginRows,
  // Loads a pty, which not every system has.
  tui: async (setup) => (await import('./tui-rows.mjs')).tuiRows(setup),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    cli: {
      type: 'string',
      default: fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url)),
    },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    record: { type: 'boolean', default: false },
  },
})

/** The whole bench ends after this, whatever happens, in milliseconds. */
const limit = values.full ? 3_600_000 : 1_200_000

const print = (line) => process.stdout.write(`${line}\n`)

function end(code) {
  endAll()
  process.exit(code)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130))
process.on('uncaughtException', (error) => {
  process.stderr.write(`bench: ${error.stack}\n`)
  end(1)
})
setTimeout(() => {
  process.stderr.write(`bench: not done after ${limit / 1000} s\n`)
  end(1)
}, limit)

function machine() {
  const load = loadavg().map((one) => one.toFixed(1))
  const processors = availableParallelism()
  const busy = loadavg()[0] > processors / 2
  return `Node ${process.version}, ${processors} × ${cpus()[0]?.model ?? 'processor'}, load ${load.join(' ')}${busy ? ': others use this machine, so trust the ratios only' : ''}`
}

const unknown = positionals.find((name) => !Object.hasOwn(sections, name))
if (unknown !== undefined) {
  process.stderr.write(
    `bench: there is no row ${unknown}; rows: ${Object.keys(sections).join(', ')}\n`,
  )
  end(2)
}

const before = machine()
const began = performance.now()
const upstream = await startPart('upstream.mjs')
const load = await startPart('load.mjs')
const setup = {
  cli: values.cli,
  upstream,
  load,
  rounds: Number(values.rounds),
  say: (text) => process.stderr.write(`bench: ${text}\n`),
  calls: values.full ? 100_000 : 20_000,
  held: values.full ? 100_000 : 20_000,
  streamMb: values.full ? 1024 : 256,
  logins: values.full ? 5000 : 1000,
}
const rows = []
for (const name of positionals.length > 0 ? positionals : Object.keys(sections)) {
  try {
    rows.push(...(await sections[name](setup)))
  } catch (error) {
    process.stderr.write(`bench: ${name}: ${error.message}\n`)
    rows.push({ what: name, measured: 'not measured' })
  }
}
const results = { machine: before, date: new Date().toISOString().slice(0, 10), rows }
if (values.json !== undefined) record(values.json, results)
if (values.record) {
  record(new URL('results.json', import.meta.url), results)
  draw()
}
print(before)
for (const line of tableLines(rows)) print(line)
print(
  `Load at the end ${loadavg()[0].toFixed(1)}; took ${((performance.now() - began) / 1000).toFixed(0)} s.`,
)
end(0)
