// The proxy in a process that can be told to fill its disk, to move its clock, to say what it holds, and to end.
import process from 'node:process'
import { performance } from 'node:perf_hooks'
import { setImmediate, setTimeout as pause } from 'node:timers/promises'
import { contextOf } from '../fuzz/context.mjs'
import { fill } from './failing-disk.mjs'

const dist = (file) => import(new URL(`../../dist/src/${file}`, import.meta.url).href)
const [{ parseOptions }, { proxy }, { UserError, bugIn }] = await Promise.all(
  ['shell/arguments.js', 'commands/proxy.js', 'errors.js'].map(dist),
)
const groups = [
  'proxy',
  'intercept',
  'upstream',
  'client',
  'sessions',
  'judging',
  'rules',
  'deciding',
  'watching',
  'general',
]

let moved = 0
const now = Date.now
Date.now = () => now() + moved

let end
const context = contextOf(new Promise((resolve) => (end = () => resolve('SIGTERM'))))

function resources() {
  const counts = {}
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

/** Resolves once it has nothing more to do: what came is judged and written. */
async function isIdle() {
  for (const until = performance.now() + 300_000; performance.now() < until;) {
    const before = performance.eventLoopUtilization()
    await pause(1000)
    if (performance.eventLoopUtilization(before).utilization < 0.3) return
  }
}

async function held() {
  await isIdle()
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc()
    await setImmediate()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed / 1_048_576, rss: rss / 1_048_576 }
}

process.on('message', async ({ disk, clock, measure, finish }) => {
  if (disk !== undefined) fill(disk === 'full')
  if (clock !== undefined) moved = clock
  if (finish === true) end()
  if (measure === true) process.send({ held: await held() })
})
const bugs = []
for (const event of ['uncaughtException', 'unhandledRejection'])
  process.on(event, (error) => bugs.push(`${event}: ${error?.stack ?? error}`))

const before = resources()
const ended = await proxy(context, parseOptions(process.argv.slice(2), groups), undefined).then(
  (code) => ({ code }),
  (error) =>
    error instanceof UserError
      ? { refused: error.code }
      : { code: 70, bug: `${bugIn(error)}: ${error.stack}` },
)
await setImmediate()
await setImmediate()
process.send({ ended: { ...ended, bugs, before, after: resources(), held: await held() } }, () =>
  process.exit(),
)
