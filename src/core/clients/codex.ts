import type { Client } from './client.ts'
import { rmcp } from './rust-sdk.ts'

export const codex: Client = {
  id: 'codex',
  name: 'Codex',
  version: '0.171',
  date: '2026-11-30',
  source:
    'https://github.com/openai/codex/blob/main/codex-rs/rmcp-client/src/perform_oauth_login.rs, which uses rmcp; openai/codex#15643, #35253',
  shows: {
    agent: /^codex/i,
    name: /^codex/i,
    clientId: /^https:\/\/chatgpt\.com\/oauth\/codex\/client\.json$/,
  },
  checks: rmcp,
  hints: {
    'scope/selection-ignored':
      'Codex was seen to take scopes from the metadata of the authorization server, not from the resource metadata: list there what a client may ask for.',
    'authorization/redirect-uri-unregistered':
      'Codex calls back to http://127.0.0.1 with a free port, at /callback or /callback/<id of the server URL>; mcp_oauth_callback_port and mcp_oauth_callback_url fix it.',
    'authorization/iss-invalid': 'Codex compares iss with the issuer character by character.',
  },
}
