import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'

const program = createRequire(import.meta.url).resolve('mcp-remote/dist/proxy.js')

export interface McpRemote {
  callTool(text: string): Promise<string>
  /** What it wrote to stderr so far. */
  readonly said: () => string
  close(): Promise<void>
}

export interface McpRemoteOptions {
  /** What stands behind the URL on its command line. */
  readonly arguments?: readonly string[]
  /** The user closes the first page whose path begins like this. */
  readonly closes?: string
  /** The editor gives up. */
  readonly signal?: AbortSignal
}

/**
 * mcp-remote as an editor runs it: over stdio, with a browser that opens pages and asks nothing.
 * @param home folder for its registration and tokens; the same one for the same user
 */
export async function startMcpRemote(
  url: string,
  home: string,
  options: McpRemoteOptions = {},
): Promise<McpRemote> {
  await mkdir(home, { recursive: true })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, url, ...(options.arguments ?? [])],
    env: {
      PATH: process.env['PATH'] ?? '',
      BROWSER: await browser(home, options.closes ?? ' '),
      MCP_REMOTE_CONFIG_DIR: home,
    },
    stderr: 'pipe',
  })
  let said = ''
  transport.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const client = new Client({ name: 'an editor', version: '1.0.0' })
  options.signal?.addEventListener('abort', () => void client.close())
  await client.connect(transport)
  return {
    callTool: async (text) => {
      const { content } = await client.callTool({ name: 'echo', arguments: { text } })
      return content[0]?.type === 'text' ? content[0].text : ''
    },
    said: () => said,
    close: () => client.close(),
  }
}

/**
 * A program that xdg-open starts in place of a browser: it follows redirects, keeps cookies and asks nothing. It is quicker
 * than a person: mcp-remote with a registration of its own opens the browser before its callback server listens.
 */
async function browser(home: string, closes: string): Promise<string> {
  const page = join(home, 'browser.mjs')
  const path = join(home, 'browser')
  await writeFile(
    page,
    `const jar = new Map()
async function get(url, options, patience = 100) {
  try {
    return await fetch(url, options)
  } catch (error) {
    if (patience === 0 || error.cause?.code !== 'ECONNREFUSED') throw error
    await new Promise((resolve) => setTimeout(resolve, 50))
    return get(url, options, patience - 1)
  }
}
for (let url = process.argv[2], hops = 0; url && hops < 20; hops += 1) {
  const cookie = [...jar].map(([name, value]) => name + '=' + value).join('; ')
  const response = await get(url, { redirect: 'manual', headers: cookie ? { cookie } : {} })
  for (const field of response.headers.getSetCookie()) {
    const [pair] = field.split(';')
    jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  }
  const location = response.headers.get('location')
  url = location && new URL(location, url).href
  if (url && new URL(url).pathname.startsWith('${closes}')) break
}
`,
  )
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${page}" "$1"\n`, { mode: 0o755 })
  return path
}
