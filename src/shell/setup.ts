/** What points one client at the proxy. */
export interface SetupOffer {
  readonly client: string
  /** A command to run, or a file and what goes into it. */
  readonly text: string
  /** What starts the login, and what takes the entry away again. */
  readonly login: string
  readonly undo: string
}

/** Ready to use, for common clients. @param name what the server is called there */
export function setupOffers(url: string, name = 'authtap'): readonly SetupOffer[] {
  const entry = (member: string) => `{"${member}":{"${name}":{"url":"${url}"}}}`
  return [
    {
      client: 'Claude Code',
      text: `claude mcp add --transport http ${name} ${url}`,
      login: `claude mcp login ${name}, or /mcp in a session`,
      undo: `claude mcp remove ${name}`,
    },
    {
      client: 'VS Code',
      text: `code --add-mcp '{"name":"${name}","type":"http","url":"${url}"}'`,
      login: `MCP: List Servers, ${name}, Start Server`,
      undo: `MCP: List Servers, ${name}, and remove it from mcp.json`,
    },
    {
      client: 'Cursor',
      text: `~/.cursor/mcp.json: ${entry('mcpServers')}`,
      login: `Settings, MCP, Connect beside ${name}`,
      undo: 'remove the entry',
    },
    {
      client: 'Codex',
      text: `codex mcp add ${name} --url ${url}`,
      login: `codex mcp login ${name}`,
      undo: `codex mcp remove ${name}`,
    },
    {
      client: 'Gemini CLI',
      text: `gemini mcp add --transport http ${name} ${url}`,
      login: `/mcp auth ${name} in a session`,
      undo: `gemini mcp remove ${name}`,
    },
    {
      client: 'OpenCode',
      text: `opencode.json: {"mcp":{"${name}":{"type":"remote","url":"${url}"}}}`,
      login: `opencode mcp auth ${name}`,
      undo: 'remove the entry',
    },
    {
      client: 'mcp-remote',
      text: `npx mcp-remote ${url}`,
      login: 'it opens the browser by itself',
      undo: 'rm -r ~/.mcp-auth forgets its logins, all of them',
    },
    {
      client: 'Inspector',
      text: `npx @modelcontextprotocol/inspector --transport http --server-url ${url}`,
      login: 'Connect, or Open Auth Settings',
      undo: 'nothing is kept but in its browser tab',
    },
  ]
}

/** The same as people read it. */
export function setupLines(offers: readonly SetupOffer[], url?: string): string[] {
  return [
    url === undefined ? 'Point the client at that URL:' : `Point the client at ${url}:`,
    ...offers.flatMap(({ client, text, login, undo }) => [
      `  ${client.padEnd(14)}${text}`,
      `  ${''.padEnd(14)}then ${login}; to undo: ${undo}`,
    ]),
  ]
}

/** The same for each of several servers. */
export function setupPage(urls: readonly { readonly url: string }[]): string {
  const several = urls.length > 1
  return urls
    .map(({ url }, index) =>
      setupLines(
        setupOffers(url, index === 0 ? 'authtap' : `authtap-${index + 1}`),
        several ? url : undefined,
      ).join('\n'),
    )
    .join('\n\n')
}
