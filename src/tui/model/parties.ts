/** The parties in few letters. */
export const shortParty = {
  client: 'client',
  'resource-server': 'MCP server',
  'authorization-server': 'auth server',
  intermediary: 'intermediary',
  undetermined: 'undetermined',
  authtap: 'authtap',
} as const
