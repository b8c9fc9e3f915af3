// Loads the built proxy for long: clients that log in, call, stream, renew and leave, viewers that come and go, servers that
// die and come back, disks that fill, clocks that jump. At the end nothing may be left open, no exchange missing, memory flat.
// Usage: npm run soak -- --minutes 10 [--clients 100] [--seed N]; the exit code is 1 when something was found
import { randomInt } from 'node:crypto'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { Chance } from '../fuzz/chance.mjs'
import { SoakSession } from './session.mjs'

const kinds = ['calm', 'storm', 'full']

async function main() {
  const text = { type: 'string' }
  const { values } = parseArgs({
    options: { minutes: text, seconds: text, clients: text, seed: text },
  })
  const seconds = Number(values.seconds ?? Number(values.minutes ?? 1) * 60)
  const clients = Number(values.clients ?? 100)
  const seed = Number(values.seed ?? randomInt(2 ** 31))
  if (![seconds, clients].every((number) => number > 0) || !(seed >= 0))
    throw new Error('--minutes, --seconds, --clients and --seed take numbers')
  console.log(`${seconds} s from seed ${seed}`)
  const faults = []
  for (const [at, kind] of kinds.entries()) {
    const session = await new SoakSession(kind, clients, new Chance(seed + at)).run(
      (seconds / kinds.length) * 1000,
    )
    const heap = session.memory
      .map(({ heap: used, logins }) => `${used.toFixed(0)} MB after ${logins} logins`)
      .join(', ')
    console.log(
      `${session.faults.length === 0 ? '✓' : '✗'} ${kind}: ${session.requests} requests, heap ${heap}`,
    )
    for (const fault of session.faults) console.log(`  ${fault}`)
    faults.push(...session.faults)
  }
  console.log(
    faults.length === 0
      ? 'nothing was found'
      : `${faults.length} faults; again: npm run soak -- --seed ${seed}`,
  )
  return faults.length === 0 ? 0 : 1
}

process.exit(await main())
