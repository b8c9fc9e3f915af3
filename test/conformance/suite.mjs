import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The official suite; `@modelcontextprotocol/conformance` has no release yet that knows revision 2026-07-28. */
export const suiteVersion = '0.2.0-alpha.12'
/** The suite asks for Node 22; the client and authtap run on the Node that runs this. */
const nodeForSuite = 'node@24'
const client = fileURLToPath(new URL('client.mjs', import.meta.url))

/**
 * @typedef {object} Outcome
 * @property {{ id: string, status: string }[]} checks
 * @property {boolean} passed the suite's verdict
 * @property {string} client what the client wrote to stderr
 * @property {string[]} told what authtap told the person
 * @property {any} report authtap's report
 */

/**
 * Brings the suite and a Node that runs it from the npm registry.
 * @returns {Promise<{ node: string, cli: string }>}
 */
export async function fetchSuite() {
  const packages = ['-p', nodeForSuite, '-p', `@modelcontextprotocol/conformance@${suiteVersion}`]
  const print =
    'node -p "process.execPath + String.fromCharCode(10) + fs.realpathSync(process.argv[1])"'
  const { stdout } = await run('npx', [
    '--yes',
    ...packages,
    '-c',
    `${print} "$(command -v conformance)"`,
  ])
  const [node, cli] = stdout.trim().split('\n').slice(-2)
  return { node, cli }
}

/** The suite's client scenarios, in its own order. */
export async function listScenarios({ node, cli }) {
  const { stdout } = await run(node, [cli, 'list', '--client'])
  return [...stdout.matchAll(/^ {2}- (\S+)/gm)].map(([, name]) => name)
}

/**
 * Plays one scenario.
 * @param {{ node: string, cli: string }} suite
 * @param {string} scenario
 * @param {string[] | undefined} through authtap's options, when the client is to go through it
 * @param {string} program the client
 * @returns {Promise<Outcome>}
 */
export async function playScenario({ node, cli }, scenario, through, program = client) {
  const results = await mkdtemp(join(tmpdir(), 'authtap-conformance-'))
  const command = `${JSON.stringify(process.execPath)} ${JSON.stringify(program)}`
  const args = [
    cli,
    'client',
    '--command',
    command,
    '--scenario',
    scenario,
    '--output-dir',
    results,
  ]
  const env = {
    ...process.env,
    AUTHTAP_OPTIONS: through === undefined ? '' : JSON.stringify(through),
  }
  try {
    const passed = await run(node, args, { env }).then(
      () => true,
      () => false,
    )
    const paths = await readdir(results, { recursive: true })
    const folder = join(results, paths.find((path) => path.endsWith('checks.json')) ?? '', '..')
    const checks = JSON.parse(await readFile(join(folder, 'checks.json'), 'utf8'))
    return { passed, checks, ...readSaid(await readFile(join(folder, 'stderr.txt'), 'utf8')) }
  } finally {
    await rm(results, { recursive: true })
  }
}

/** Tells the client's own lines from those that authtap wrote. */
function readSaid(stderr) {
  const lines = stderr.split('\n')
  const after = (prefix) =>
    lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length))
  const [report] = after('authtap-report: ')
  return {
    client: lines.filter((line) => !line.startsWith('authtap')).join('\n'),
    told: after('authtap: '),
    report: report === undefined ? undefined : JSON.parse(report),
  }
}
