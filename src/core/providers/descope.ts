import { type Provider, within } from './provider.ts'

export const descope: Provider = {
  name: 'Descope',
  date: '2026-11-30',
  source: 'docs.descope.com, MCP; agentgateway/agentgateway#2376',
  serves: (host) => within(host, 'descope.com'),
  advice: {
    'discovery/asm-missing':
      'Descope answers the appended openid-configuration of the issuer that its console shows for the MCP server or inbound app.',
    'cors/preflight-rejected':
      'The registration endpoint of Descope has no CORS: a client in a page registers through its own server, or gets a client id by hand.',
    'registration/rejected':
      'Turn on Dynamic Client Registration for the MCP server in the Descope console.',
  },
}
