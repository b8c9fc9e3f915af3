import type { Client } from './client.ts'
import { rmcp } from './rust-sdk.ts'

export const codex: Client = {
  id: 'codex',
  name: 'Codex',
  version: '0.171',
  date: '2026-11-30',
  source: 'the source of rmcp 3.1.4, and logins of codex 0.169 to 0.171',
  shows: {
    agent: /^codex/i,
    name: /^codex/i,
    clientId: /^https:\/\/chatgpt\.com\/oauth\/codex\/client\.json$/,
  },
  checks: rmcp,
  hints: {
    'scope/selection-ignored':
      'Codex takes scopes from the metadata of the authorization server, not from the challenge or the resource metadata: list there what a client may ask for.',
    'authorization/redirect-uri-unregistered':
      'Codex calls back to http://127.0.0.1 with a free port, at /callback where the server advertises iss and at /callback/<id> where it does not; mcp_oauth_callback_port and mcp_oauth_callback_url fix it.',
    'authorization/iss-invalid': 'Codex compares iss with the issuer character by character.',
  },
}
