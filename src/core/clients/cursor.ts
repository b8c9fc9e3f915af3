import type { Client } from './client.ts'

export const cursor: Client = {
  id: 'cursor',
  name: 'Cursor',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'its documentation and forum',
  shows: {
    agent: /^cursor/i,
    name: /^cursor/i,
    redirectUri: /^cursor:\/\/anysphere\.cursor/,
  },
  checks: [
    { check: 'discovery', how: 'or-origin', source: 'logins that were seen' },
    { check: 'registration', how: { document: 'never' }, source: 'its documentation' },
    { check: 'token-answer', how: 'any-type', source: 'logins that were seen' },
  ],
  hints: {
    'registration/redirect-uri-unsafe':
      'Cursor is called back at cursor://anysphere.cursor-mcp/oauth/callback, a scheme of its own (RFC 8252 §7.1): allow exactly that URI.',
    'registration/rejected':
      'Cursor registers cursor://anysphere.cursor-mcp/oauth/callback: a server that takes only http and https refuses that.',
    'authorization/redirect-uri-unregistered':
      'Cursor is called back at cursor://anysphere.cursor-mcp/oauth/callback.',
    'registration/application-type-mismatch':
      'Cursor is called back at a scheme of its own, which application_type web does not allow.',
  },
}
