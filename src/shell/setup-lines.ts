/** Ready lines that point common clients at the proxy. */
export function setupLines(url: string): string[] {
  return [
    'Point the client at that URL:',
    `  Claude Code   claude mcp add --transport http authtap ${url}`,
    `  VS Code       code --add-mcp '{"name":"authtap","type":"http","url":"${url}"}'`,
    `  Cursor        ~/.cursor/mcp.json: {"mcpServers":{"authtap":{"url":"${url}"}}}`,
    `  Codex         codex mcp add authtap --url ${url}`,
    `  mcp-remote    npx mcp-remote ${url}`,
    `  Inspector     npx @modelcontextprotocol/inspector --transport http --server-url ${url}`,
  ]
}
