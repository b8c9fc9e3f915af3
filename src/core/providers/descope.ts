import { type Provider, within } from './provider.ts'

const registers =
  'Descope registers clients only where DCR is on, under MCP Client Registration in the Settings of the MCP server in the Descope Console; CIMD, for clients with a metadata document, is off by default.'

export const descope: Provider = {
  name: 'Descope',
  date: '2026-11-30',
  source:
    'https://docs.descope.com/agentic-identity-hub/mcp-servers/settings, https://docs.descope.com/agentic-identity-hub/mcp-servers/discovery-url; agentgateway/agentgateway#2376',
  serves: (host) => within(host, 'descope.com'),
  advice: {
    'discovery/asm-missing':
      'Descope has an OpenID document for each MCP server, at /.well-known/openid-configuration behind its issuer: list that issuer in authorization_servers.',
    'audience/aud-mismatch':
      'Descope puts the MCP Server URL from the Settings of the MCP server into aud: set it to the URL that clients use.',
    'cors/preflight-rejected':
      'The registration endpoint of Descope was seen to answer pages without CORS: such a client registers through its own server, or gets a client id by hand.',
    'registration/no-usable-mechanism': registers,
    'registration/rejected': registers,
  },
}
