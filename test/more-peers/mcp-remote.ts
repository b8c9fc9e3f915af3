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

/**
 * mcp-remote as an editor runs it: over stdio, with a browser that opens pages and asks nothing.
 * @param home folder for its registration and tokens; the same one for the same user
 */
export async function startMcpRemote(url: string, home: string): Promise<McpRemote> {
  await mkdir(home, { recursive: true })
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, url],
    env: {
      PATH: process.env['PATH'] ?? '',
      BROWSER: await browser(home),
      MCP_REMOTE_CONFIG_DIR: home,
    },
    stderr: 'pipe',
  })
  let said = ''
  transport.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const client = new Client({ name: 'an editor', version: '1.0.0' })
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

/** A program that xdg-open starts in place of a browser. */
async function browser(home: string): Promise<string> {
  const path = join(home, 'browser')
  const script = `#!/bin/sh\nexec "${process.execPath}" -e 'fetch(process.argv[1])' "$1"\n`
  await writeFile(path, script, { mode: 0o755 })
  return path
}
