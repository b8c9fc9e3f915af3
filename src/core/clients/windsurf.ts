import type { Client } from './client.ts'

export const windsurf: Client = {
  id: 'windsurf',
  name: 'Windsurf',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'its documentation',
  shows: {
    agent: /^windsurf/i,
    name: /^windsurf/i,
    redirectUri: /^windsurf:\/\//,
  },
  checks: [
    { check: 'discovery', how: 'or-origin', source: 'logins that were seen' },
    { check: 'registration', how: { document: 'never' }, source: 'its documentation' },
    { check: 'token-answer', how: 'any-type', source: 'logins that were seen' },
  ],
  hints: {
    'registration/redirect-uri-unsafe':
      'Windsurf is called back at a scheme of its own, windsurf:// (RFC 8252 §7.1): allow exactly the URI that it registers.',
  },
}
