// Plays the official client scenarios directly and through authtap and shows where the suite saw another client.
// Usage: node test/conformance/run.mjs [--short] [scenario…]        (after npm run build)
import process from 'node:process'
import { differences, verdict } from './comparison.mjs'
import { fetchSuite, listScenarios, playScenario, suiteVersion } from './suite.mjs'

/** A scenario of each kind: the plain protocol, discovery, step-up, iss right and wrong, pre-registered, the old revision. */
const shortForm = [
  'tools_call',
  'sse-retry',
  'auth/metadata-var3',
  'auth/basic-cimd',
  'auth/scope-step-up',
  'auth/pre-registration',
  'auth/authorization-server-migration',
  'auth/iss-supported',
  'auth/iss-normalized',
  'auth/2025-03-26-oauth-endpoint-fallback',
  'auth/dpop',
]

/** What cannot pass through a reverse proxy, and the word by which authtap must have said so. */
const cannotPass = {
  'auth/client-credentials-jwt': /private_key_jwt|client assertion/i,
  'auth/enterprise-managed-authorization': /assertion|--also/i,
  'auth/dpop': /DPoP/,
  'auth/dpop-nonce': /DPoP/,
}

/** The two ways through: as it comes, and with everything that a user can opt into. */
const ways = [
  { name: 'through', options: [], exceptions: Object.keys(cannotPass) },
  {
    name: 'rebound',
    options: ['--dpop', 'rebind', '--also', 'idp'],
    exceptions: ['auth/client-credentials-jwt'],
  },
]

function judge(scenario, direct, through, exceptions) {
  const changed = differences(direct, through)
  if (!exceptions.includes(scenario))
    return changed.length === 0 ? { ok: true, mark: '=' } : { ok: false, mark: 'DIFFERS', changed }
  const said = through.said.split('\n').filter((line) => line.startsWith('authtap: '))
  const warned = said.some((line) => cannotPass[scenario].test(line))
  if (changed.length === 0)
    return { ok: false, mark: 'PASSES', changed: ['was expected to differ'] }
  if (!warned)
    return {
      ok: false,
      mark: 'UNSAID',
      changed: ['authtap did not say that this cannot pass', ...said],
    }
  return { ok: true, mark: 'differs, as said' }
}

async function playAll(suite, scenarios, chosenWays) {
  const width = Math.max(...scenarios.map((scenario) => scenario.length))
  const row = (cells) =>
    console.log(cells.map((cell, index) => cell.padEnd(index === 0 ? width : 16)).join('  '))
  row(['scenario', 'direct', ...chosenWays.flatMap(({ name }) => [name, 'same?'])])
  const rows = []
  for (const scenario of scenarios) {
    const direct = await playScenario(suite, scenario)
    const results = []
    for (const way of chosenWays) {
      const through = await playScenario(suite, scenario, way.options)
      results.push({ way: way.name, through, ...judge(scenario, direct, through, way.exceptions) })
    }
    row([
      scenario,
      verdict(direct),
      ...results.flatMap(({ through, mark }) => [verdict(through), mark]),
    ])
    for (const { way, changed = [], through } of results.filter(({ ok }) => !ok)) {
      for (const change of changed) console.log(`    ${way}: ${change}`)
      console.log(through.said.replace(/^/gm, '    | '))
    }
    rows.push({ scenario, direct, results })
  }
  return rows
}

async function main(args) {
  const short = args.includes('--short')
  const named = args.filter((arg) => !arg.startsWith('--'))
  let suite
  try {
    suite = await fetchSuite()
  } catch (error) {
    if (!short) throw error
    console.log(
      `conformance: skipped, because npx could not bring Node 24 and the suite: ${error.message.split('\n')[0]}`,
    )
    return true
  }
  console.log(
    `@modelcontextprotocol/conformance ${suiteVersion}, client and authtap on Node ${process.version}\n`,
  )
  const all = await listScenarios(suite)
  const scenarios =
    named.length > 0 ? named : all.filter((scenario) => !short || shortForm.includes(scenario))
  const rows = await playAll(suite, scenarios, short ? ways.slice(0, 1) : ways)
  const passing = rows.filter(({ direct }) => direct.passed).length
  console.log(`\n${passing} of ${rows.length} pass directly`)
  for (const [index, { name }] of ways.entries()) {
    const results = rows.flatMap(({ results }) => results[index] ?? [])
    const same = results.filter(({ mark }) => mark === '=').length
    if (results.length > 0) console.log(`${same} of ${results.length} the same ${name}`)
  }
  return rows.every(({ results }) => results.every(({ ok }) => ok))
}

process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1
