import { type Provider, within } from './provider.ts'

export const notion: Provider = {
  name: 'Notion',
  date: '2026-11-30',
  source:
    'developers.notion.com/reference/refresh-a-token; makenotion/notion-mcp-server#225, openai/codex#13956',
  serves: (host) => within(host, 'notion.com') || within(host, 'notion.so'),
  advice: {
    'refresh/rotated-token-reused':
      'Notion gives a new refresh token with each access token: the client has to store the new one before it asks again.',
  },
}
