import { type Provider, within } from './provider.ts'

export const notion: Provider = {
  name: 'Notion',
  date: '2026-11-30',
  source: 'developers.notion.com, MCP; openai/codex#13956, anthropics/claude-code#28256',
  serves: (host) => within(host, 'notion.com') || within(host, 'notion.so'),
  advice: {
    'refresh/rotated-token-reused':
      'Notion gives a new refresh token each time and takes the old one no more: the client has to store the new one before it asks again.',
    'refresh/token-discarded':
      'Tokens of Notion last an hour: a client without its refresh token has to log in each hour.',
  },
}
