import { type Provider, within } from './provider.ts'

export const figma: Provider = {
  name: 'Figma',
  date: '2026-11-30',
  source:
    'docker/sbx-releases#435, github/copilot-cli#4906, anthropics/claude-code#74768, NousResearch/hermes-agent#73141, punkpeye/mcp-remote#186',
  serves: (host) => within(host, 'figma.com'),
  advice: {
    'registration/rejected':
      'Figma was seen to register only clients whose exact client_name is on its list, and to answer 403 to others: ask Figma to add the client (https://www.figma.com/mcp-catalog/).',
  },
  codes: {
    'Client secret is required':
      'Figma was seen to want the client_secret that it issued although it registered the client with none: register with token_endpoint_auth_method client_secret_post.',
  },
}
