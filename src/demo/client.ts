import { discover, readChallenge, type Discovered } from './discovery.ts'
import type { DemoFault } from './faults.ts'
import { logIn, refresh, type Login } from './login.ts'
import { McpSession, type Outcome } from './session.ts'
import { Stopped } from './web.ts'

type Say = (line: string) => void

export interface DemoResult {
  readonly ok: boolean
  /** Why the client could not go on, in a sentence for people. */
  readonly reason?: string
}

/**
 * Plays an honest MCP client: it is challenged, discovers, registers, logs in with a browser of its own, lists tools,
 * calls one, refreshes its token and calls again. The faults of the client party are built in here.
 *
 * @param say is told of each step as it is done; no line holds a secret
 */
export async function runDemoClient(
  mcpUrl: string,
  fault: DemoFault,
  say: Say,
): Promise<DemoResult> {
  try {
    await play(mcpUrl, fault, say)
    return { ok: true }
  } catch (error) {
    if (!(error instanceof Stopped)) throw error
    return { ok: false, reason: error.message }
  }
}

async function play(mcpUrl: string, fault: DemoFault, say: Say): Promise<void> {
  const session = new McpSession(mcpUrl)
  const first = await session.initialize()
  if ('result' in first)
    throw new Stopped('the server lets anyone in: there is no authorization to look at')
  say('the server asks for authorization')
  const challenge = readChallenge(first.unauthorized)
  await first.unauthorized.body?.cancel()
  const server = await discover(mcpUrl, challenge, say)
  const login = await logIn(server, fault, say)
  if (fault !== 'no-token') session.token = login.tokens.accessToken
  await use(session, say)
  await renew(session, server, login, fault, say)
  await session.close()
}

async function use(session: McpSession, say: Say): Promise<void> {
  expectResult(await session.initialize(), 'initialize')
  say('the MCP session is open')
  const { tools } = expectResult(await session.listTools(), 'tools/list')
  say(`the server offers ${Array.isArray(tools) ? tools.length : 0} tool`)
  expectResult(await session.callTool('echo', { text: 'hello' }), 'tools/call')
  say('called the tool')
}

/** Ahead of time: a demo does not wait for a token to expire. */
async function renew(
  session: McpSession,
  server: Discovered,
  login: Login,
  fault: DemoFault,
  say: Say,
): Promise<void> {
  const tokens = await refresh(server, login, fault)
  session.token = tokens.accessToken
  say('refreshed the access token')
  expectResult(await session.callTool('echo', { text: 'hello again' }), 'tools/call')
  say('called the tool with the new token')
}

function expectResult(outcome: Outcome, call: string): Record<string, unknown> {
  if ('result' in outcome) return outcome.result
  throw new Stopped(`the server still answers ${call} with 401 after the login`)
}
