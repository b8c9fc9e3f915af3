// Plays the official client scenarios directly and through authtap and shows where the suite saw another client, and
// where authtap blamed someone for nothing.
// Usage: node test/conformance/run.mjs [--short] [scenario…]        (after npm run build)
import { existsSync } from 'node:fs'
import process from 'node:process'
import { beyondCheck, checkScenario } from './check.mjs'
import { differences, verdict } from './comparison.mjs'
import { judge, ways } from './expectations.mjs'
import { fetchSuite, listScenarios, playScenario, suiteVersion } from './suite.mjs'

/** A scenario of each kind: plain protocol, discovery, step-up, migration, iss right and wrong, DPoP, the old revision. */
const shortForm = [
  'tools_call',
  'sse-retry',
  'auth/metadata-var3',
  'auth/basic-cimd',
  'auth/scope-step-up',
  'auth/pre-registration',
  'auth/2025-03-26-oauth-endpoint-fallback',
  'auth/authorization-server-migration',
  'auth/iss-supported',
  'auth/iss-normalized',
  'auth/dpop',
]

/** Plays a scenario directly and in each way; prints its row, and what is wrong below it. */
async function playRow(suite, scenario, chosenWays, print) {
  const direct = await playScenario(suite, scenario)
  const results = []
  for (const way of chosenWays) {
    const through = await playScenario(suite, scenario, way.options)
    const changed = differences(direct, through)
    results.push({ way: way.name, through, changed, ...judge(scenario, through, changed, way) })
  }
  print([
    scenario,
    verdict(direct),
    ...results.flatMap(({ through, mark }) => [verdict(through), mark]),
    blame(results[0].through),
  ])
  for (const { way, faults, through } of results.filter(({ faults }) => faults.length > 0)) {
    const told = through.told.filter((line) => line.includes('cannot'))
    const error = through.client.split('\n').find((line) => line.includes('Error'))
    for (const line of [...faults, ...told, error ?? '']) console.log(`    ${way}: ${line}`)
  }
  return { scenario, direct, results }
}

function blame({ report }) {
  if (report?.firstBroken == null) return report?.verdict ?? 'no report'
  const { rule } = report.findings.find(({ id }) => id === report.firstBroken.finding)
  return `${report.firstBroken.fault}: ${rule}`
}

async function playAll(suite, scenarios, chosenWays) {
  const widths = [Math.max(...scenarios.map((scenario) => scenario.length)), 10]
  const print = (cells) =>
    console.log(cells.map((cell, index) => cell.padEnd(widths[index] ?? 16)).join('  '))
  print(['scenario', 'direct', ...chosenWays.flatMap(({ name }) => [name, 'same?']), 'authtap'])
  const rows = []
  for (const scenario of scenarios) rows.push(await playRow(suite, scenario, chosenWays, print))
  return rows
}

async function main(args) {
  const short = args.includes('--short')
  const named = args.filter((arg) => !arg.startsWith('--'))
  if (!existsSync(new URL('../../dist/src/cli.js', import.meta.url))) {
    console.log('There is no dist/src/cli.js: run npm run build first.')
    return false
  }
  let suite
  try {
    suite = await fetchSuite()
  } catch (error) {
    if (!short) throw error
    console.log(
      `Skipped: npx could not bring Node 24 and the suite. ${error.message.split('\n')[0]}`,
    )
    return true
  }
  console.log(
    `@modelcontextprotocol/conformance ${suiteVersion}; client and authtap on Node ${process.version}\n`,
  )
  const all = await listScenarios(suite)
  const scenarios =
    named.length > 0 ? named : all.filter((one) => !short || shortForm.includes(one))
  const chosenWays = short ? ways.slice(0, 1) : ways
  const rows = await playAll(suite, scenarios, chosenWays)
  console.log(
    `\n${rows.filter(({ direct }) => direct.passed).length} of ${rows.length} pass directly`,
  )
  for (const [index, { name }] of chosenWays.entries()) {
    const same = rows.filter(({ results }) => results[index].changed.length === 0)
    const auth = (list) => list.filter(({ scenario }) => scenario.startsWith('auth/')).length
    console.log(
      `${same.length} of ${rows.length} the same ${name} (authorization: ${auth(same)} of ${auth(rows)})`,
    )
  }
  const isChecked = await checkAll(suite, scenarios)
  const isSame = rows.every(({ results }) => results.every(({ faults }) => faults.length === 0))
  return isSame && isChecked
}

/** Checks the servers of the scenarios without a client, with a login; false when something false was said. */
async function checkAll(suite, scenarios) {
  const chosen = scenarios.filter((one) => one.startsWith('auth/') && !beyondCheck.includes(one))
  let isFine = true
  console.log('\nauthtap check --login')
  for (const scenario of chosen) {
    const { verdict: came, faults } = await checkScenario(suite, scenario)
    console.log([scenario.padEnd(45), came, ...faults].join('\n    ').replace('\n    ', ''))
    isFine &&= faults.length === 0
  }
  return isFine
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
