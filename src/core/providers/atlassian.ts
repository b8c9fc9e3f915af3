import { type Provider, within } from './provider.ts'

export const atlassian: Provider = {
  name: 'Atlassian',
  date: '2026-11-30',
  source: 'support.atlassian.com, Rovo MCP server; atlassian/atlassian-mcp-server#205, #246, #254',
  serves: (host) => within(host, 'atlassian.com'),
  advice: {
    'authorization/redirect-uri-unregistered':
      'Atlassian lets an organisation list the domains that clients may call back to: admin.atlassian.com, Rovo, Rovo MCP server, Your domains.',
    'authorization/error-response':
      'An administrator may have to allow the client: admin.atlassian.com, Rovo, Rovo MCP server.',
    'discovery/prm-missing':
      'The v1 endpoint of Atlassian has no resource metadata: use https://mcp.atlassian.com/v1/mcp/authv2 or what its documentation names.',
  },
}
