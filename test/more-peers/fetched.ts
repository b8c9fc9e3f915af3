import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { listen } from '../peers/listener.ts'

/** Libraries that are no dependency of authtap: npx keeps them in its cache. */
const packages = [
  'fastmcp@4.20.16',
  '@modelcontextprotocol/server@2.4.0',
  '@modelcontextprotocol/node@2.1.2',
  '@modelcontextprotocol/express@2.0.2',
]

/** A registry that cannot be reached may also be one that says nothing, in milliseconds. */
const patience = 50_000

/** The folder in which they stand; undefined where the registry cannot be reached. */
export async function fetchLibraries(): Promise<string | undefined> {
  const options = packages.flatMap((one) => ['-p', one])
  const print = 'node -p "process.env.PATH"'
  try {
    const args = ['--yes', ...options, '-c', print]
    const { stdout } = await promisify(execFile)('npx', args, { timeout: patience })
    const bin = stdout.split(':').find((folder) => /_npx\/\w+\/node_modules\/\.bin$/.test(folder))
    return bin === undefined ? undefined : dirname(bin)
  } catch {
    return undefined
  }
}

export interface ChildServer {
  readonly origin: string
  /** The MCP endpoint. */
  readonly url: string
  stop(): Promise<void>
}

export interface ChildServerOptions {
  /** What `fetchLibraries` gave. */
  readonly folder: string
  readonly issuer: string
}

/** Starts one of the servers beside this file that are made with such a library, in a process of its own. */
export async function startChildServer(
  file: 'fastmcp-server.mjs' | 'sdk-v2-server.mjs',
  { folder, issuer }: ChildServerOptions,
  ...more: readonly string[]
): Promise<ChildServer> {
  const { origin, stop } = await listen(() => (_request, response) => void response.end())
  await stop()
  const program = fileURLToPath(new URL(file, import.meta.url))
  const { port } = new URL(origin)
  const child = spawn(process.execPath, [program, join(folder, 'x.js'), port, issuer, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await saysReady(child)
  return {
    origin,
    url: `${origin}/mcp`,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
    },
  }
}

function saysReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
}
