import { type Provider, within } from './provider.ts'

export const figma: Provider = {
  name: 'Figma',
  date: '2026-11-30',
  source: 'developers.figma.com, MCP server; docker/sbx-releases#435, github/copilot-cli#4906',
  serves: (host) => within(host, 'figma.com'),
  advice: {
    'registration/rejected':
      'Figma registers only clients of a list, by their exact client_name, and answers 403 to others: ask Figma to add the client.',
  },
}
