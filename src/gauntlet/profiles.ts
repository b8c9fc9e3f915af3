/** A client that is known: how it is run, and where it keeps what it has to forget from run to run. */
export interface Profile {
  readonly name: string
  /** What stands after `--` is added. */
  readonly command: readonly string[]
  /** Variables of the environment that name a folder of its own. */
  readonly homes: readonly string[]
  /** What else stands in its environment. */
  readonly variables: Readonly<Record<string, string>>
}

/** Every run has a fresh `HOME`: these need no more than a way to be run. */
export const profiles: readonly Profile[] = [
  {
    name: 'mcp-remote',
    command: ['npx', '-y', 'mcp-remote', '{url}'],
    homes: ['MCP_REMOTE_CONFIG_DIR'],
    variables: {},
  },
  {
    name: 'mcporter',
    command: ['npx', '-y', 'mcporter', 'auth', '--http-url', '{url}', '--allow-http'],
    homes: [],
    variables: {},
  },
  {
    name: 'inspector',
    command: [
      ...['npx', '-y', '@modelcontextprotocol/inspector', '--cli', '{url}'],
      ...['--transport', 'http', '--method', 'tools/list'],
    ],
    homes: [],
    // Without a terminal it logs in only where it may open a browser unasked.
    variables: { MCP_AUTO_OPEN_ENABLED: 'true' },
  },
]
