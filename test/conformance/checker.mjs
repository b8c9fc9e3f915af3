// `authtap check` as the client under test: the suite starts it with the server's URL as the last argument and the scenario
// in the environment. It logs in as the scenario wants, and a browser that agrees to everything goes through the pages.
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url))
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? ''
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}')

/** Follows redirects to the end. */
async function visit(url) {
  for (let next = url, hops = 0; next !== undefined && hops < 10; hops += 1) {
    const response = await globalThis.fetch(next, { redirect: 'manual' })
    const location = response.headers.get('location')
    next = location === null ? undefined : new URL(location, next).href
  }
}

/** How to log in, by what the scenario gives a client. */
async function loginFlags(folder) {
  const way = scenario.startsWith('auth/client-credentials') ? 'client-credentials' : 'login'
  const id = context.client_id === undefined ? [] : ['--client-id', context.client_id]
  if (context.private_key_pem === undefined) return [`--${way}`, ...id]
  const key = join(folder, 'key.pem')
  await writeFile(key, context.private_key_pem)
  return [`--${way}`, ...id, '--client-key', key]
}

const folder = await mkdtemp(join(tmpdir(), 'authtap-checker-'))
try {
  const flags = await loginFlags(folder)
  const fixed = ['--print-url', '--format', 'json', '--quiet-period', '15']
  const secret = context.client_secret
  const env = { ...process.env, ...(secret === undefined ? {} : { AUTHTAP_CLIENT_SECRET: secret }) }
  const args = [program, 'check', process.argv.at(-1), ...flags, ...fixed]
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let report = ''
  let told = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (report += text))
  child.stderr.setEncoding('utf8').on('data', (text) => {
    const [, url] = /Log in at (\S+)\n/.exec((told += text)) ?? []
    if (url === undefined) return
    told = ''
    visit(url).catch((error) => console.error(error))
  })
  await new Promise((resolve) => child.once('close', resolve))
  if (report === '') console.error(told)
  else console.error(`authtap-report: ${JSON.stringify(JSON.parse(report))}`)
} finally {
  await rm(folder, { recursive: true })
}
