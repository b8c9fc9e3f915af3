/** What points one client at the proxy. */
export interface SetupOffer {
  readonly client: string
  /** A command to run, or a file and what goes into it. */
  readonly text: string
}

/** Ready to use, for common clients. */
export function setupOffers(url: string): readonly SetupOffer[] {
  return [
    { client: 'Claude Code', text: `claude mcp add --transport http authtap ${url}` },
    { client: 'VS Code', text: `code --add-mcp '{"name":"authtap","type":"http","url":"${url}"}'` },
    { client: 'Cursor', text: `~/.cursor/mcp.json: {"mcpServers":{"authtap":{"url":"${url}"}}}` },
    { client: 'Codex', text: `codex mcp add authtap --url ${url}` },
    { client: 'mcp-remote', text: `npx mcp-remote ${url}` },
    {
      client: 'Inspector',
      text: `npx @modelcontextprotocol/inspector --transport http --server-url ${url}`,
    },
  ]
}

/** The same as people read it. */
export function setupLines(offers: readonly SetupOffer[]): string[] {
  return [
    'Point the client at that URL:',
    ...offers.map(({ client, text }) => `  ${client.padEnd(14)}${text}`),
  ]
}
