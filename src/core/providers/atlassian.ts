import { type Provider, within } from './provider.ts'

export const atlassian: Provider = {
  name: 'Atlassian',
  date: '2026-11-30',
  source:
    'support.atlassian.com/atlassian-ai-gateway/docs/use-rovo-mcp-with-other-supported-mcp-clients; speakeasy.com/docs/ai-control-plane/guides/atlassian; atlassian/atlassian-mcp-server#246, #254, logiscape/mcp-sdk-php#56',
  serves: (host) => within(host, 'atlassian.com'),
  advice: {
    'authorization/redirect-uri-unregistered':
      'Atlassian compares the port of loopback redirect URIs too: use the one that was registered, or register anew.',
    'authorization/error-response':
      'An administrator may have to allow the domain of the client (admin.atlassian.com, Rovo, Rovo MCP server, Add domain), or to install the Atlassian MCP app first, where User Installed Apps is blocked.',
    'discovery/prm-missing':
      'The old v1 endpoints of Atlassian have no resource metadata: use https://mcp.atlassian.com/v1/mcp/authv2.',
  },
  codes: {
    'Your admin has blocked this domain':
      'Atlassian: an administrator has to allow the domain of the client: admin.atlassian.com, Rovo, Rovo MCP server, Add domain.',
  },
}
