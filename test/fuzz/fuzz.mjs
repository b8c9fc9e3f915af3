// Attacks the built program with what is malformed, wherever something comes in: clients and upstreams by raw sockets,
// viewers, capture files, what a proxy tells a viewer, filters, command lines.
// Usage: npm run fuzz -- --minutes 10 [--seed N]     inputs N, N + 1, … for so long
//        npm run fuzz -- --inputs 100 [--seed N]     so many inputs
//        npm run fuzz -- --seed N[,N…]               these inputs again, such as one that failed
// What fails is saved in .fuzz/ with its seed, and the exit code is 1.
import { randomInt } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { Chance } from './chance.mjs'
import { Judge } from './judge-process.mjs'
import {
  fileInput,
  filterInput,
  judgeFile,
  judgeFilter,
  judgeLive,
  liveInput,
} from './judged-inputs.mjs'
import { judgeLine, lineInput } from './line-inputs.mjs'
import { plant } from './secrets.mjs'
import { Wire } from './wire.mjs'

/** The same in every run: then a seed alone tells an input. */
const secrets = plant(new Chance(0))

/** What is attacked, and how often of a hundred times. */
const targets = [
  { name: 'wire', share: 60 },
  { name: 'file', share: 20, make: fileInput, judge: judgeFile },
  { name: 'attach', share: 8, make: liveInput, judge: judgeLive },
  { name: 'filter', share: 10, make: filterInput, judge: judgeFilter },
  { name: 'line', share: 2, make: lineInput, judge: judgeLine },
]
const drawn = targets.flatMap((target) => Array.from({ length: target.share }, () => target))

const counts = Object.fromEntries(targets.map(({ name }) => [name, 0]))
/** Faults by what they have in common. */
const faults = new Map()
const judge = new Judge()
const wire = new Wire(secrets, keep)

async function play(seed) {
  const chance = new Chance(seed)
  const target = chance.pick(drawn)
  counts[target.name] += 1
  if (target.name === 'wire') return wire.play(seed, chance)
  const input = target.make(chance, secrets)
  for (const sentence of await target.judge(judge, input, secrets))
    keep(target.name, sentence, [seed], input)
}

/** False when one like it is known. */
function keep(target, sentence, seeds, input) {
  const sort = `${target}: ${sentence.replaceAll(/\d+/g, 'N').slice(0, 80)}`
  if (faults.has(sort)) return false
  const file = `.fuzz/${target}-${seeds.at(-1)}.json`
  faults.set(sort, { seeds, file })
  mkdirSync('.fuzz', { recursive: true })
  writeFileSync(file, `${JSON.stringify({ target, seeds, fault: sentence, input }, null, 2)}\n`)
  console.log(
    `✗ ${target}, seed ${seeds.join(',')}: ${sentence.slice(0, 600)}\n  again: npm run fuzz -- --seed ${seeds.join(',')}   saved: ${file}`,
  )
  return true
}

function read(argv) {
  const names = ['minutes', 'inputs', 'seed']
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
  const { minutes, inputs, seed } = parseArgs({ args: argv, options }).values
  const seeds = seed?.split(',').map(Number) ?? [randomInt(2 ** 31)]
  const isOnce = minutes === undefined && inputs === undefined && seed !== undefined
  const until = Date.now() + Number(minutes ?? (inputs === undefined ? 1 : 1e6)) * 60_000
  const count = Number(inputs ?? 1e12)
  if (![...seeds, until, count].every((number) => number >= 0))
    throw new Error('--minutes, --inputs and --seed take numbers')
  return { seeds, isOnce, until, count }
}

async function main() {
  const { seeds, isOnce, until, count } = read(process.argv.slice(2))
  const [first] = seeds
  console.log(isOnce ? `Inputs ${seeds.join(', ')}` : `Inputs from seed ${first} on`)
  let seed = first
  if (isOnce) for (const one of seeds) await play(one)
  else
    for (let told = Date.now(); Date.now() < until && seed < first + count; seed += 1) {
      await play(seed)
      if (Date.now() - told < 15_000) continue
      told = Date.now()
      console.log(
        `${seed - first + 1} inputs, ${Math.ceil((until - told) / 1000)} s left, ${faults.size} faults`,
      )
    }
  await wire.close()
  judge.close()
  const all = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  console.log(`${all.join(', ')}: ${faults.size === 0 ? 'nothing broke' : `${faults.size} faults`}`)
  for (const [sort, { seeds: failed, file }] of faults)
    console.log(`  ${sort}  (seed ${failed.join(',')}, ${file})`)
  return faults.size === 0 ? 0 : 1
}

process.exit(await main())
