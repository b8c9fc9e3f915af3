// The client under test: the suite starts it with the server's URL as the last argument and the scenario in the
// environment. With AUTHTAP_OPTIONS (a JSON array) it goes through authtap.
import process from 'node:process'
import { play } from './client/scenarios.mjs'
import { publicOptions } from './client/elsewhere.mjs'
import { startAuthtap } from './client/through.mjs'

const name = process.env.MCP_CONFORMANCE_SCENARIO ?? ''
const task = {
  serverUrl: process.argv[2],
  revision: process.env.MCP_CONFORMANCE_PROTOCOL_VERSION,
  context: JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}'),
}

/** The same task at authtap's addresses. `--also idp` stands for the origin of the scenario's identity provider. */
async function behindAuthtap(options) {
  const idp = task.context.idp_token_endpoint
  const also = options.includes('--also')
  const given = options.filter(
    (option) => idp !== undefined || (option !== '--also' && option !== 'idp'),
  )
  const args = given.flatMap((option) => {
    if (option === 'idp') return [new URL(idp).origin]
    const layout = /^elsewhere by (names|paths)$/.exec(option)?.[1]
    return layout === undefined ? [option] : publicOptions(task.serverUrl, layout)
  })
  const authtap = await startAuthtap(task.serverUrl, args)
  const context =
    also && idp !== undefined
      ? { ...task.context, idp_token_endpoint: authtap.local(idp) }
      : task.context
  return { authtap, task: { ...task, serverUrl: authtap.url, context } }
}

async function main() {
  const act = play(name)
  if (act === undefined) throw new Error(`unknown scenario ${name}`)
  const options = process.env.AUTHTAP_OPTIONS
  if (!options) return act(task)
  const through = await behindAuthtap(JSON.parse(options))
  try {
    await act(through.task)
  } finally {
    await through.authtap.stop()
  }
}

try {
  await main()
  process.exit(0)
} catch (error) {
  console.error(error)
  process.exit(1)
}
