/** A client that is known: how it is run, and where it keeps what it has to forget from run to run. */
export interface Profile {
  readonly name: string
  /** What stands after `--` is added. */
  readonly command: readonly string[]
  /** Variables of the environment that name a folder of its own. */
  readonly homes: readonly string[]
}

/** Every run has a fresh `HOME`: these need no more than a way to be run. */
export const profiles: readonly Profile[] = [
  {
    name: 'mcp-remote',
    command: ['npx', '-y', 'mcp-remote', '{url}'],
    homes: ['MCP_REMOTE_CONFIG_DIR'],
  },
  {
    name: 'mcporter',
    command: ['npx', '-y', 'mcporter', 'auth', '--http-url', '{url}', '--allow-http'],
    homes: [],
  },
  {
    // It has no login of its own: its token comes by `--header`.
    name: 'inspector',
    command: [
      ...['npx', '-y', '@modelcontextprotocol/inspector', '--cli', '{url}'],
      ...['--transport', 'http', '--method', 'tools/list'],
    ],
    homes: [],
  },
]
