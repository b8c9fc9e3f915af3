import type { Client } from './client.ts'

export const vscode: Client = {
  id: 'vscode',
  name: 'VS Code',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'extHostMcp.ts and oauth.ts of microsoft/vscode',
  shows: {
    agent: /^visual studio code|^vscode/i,
    name: /^visual studio code/i,
    clientId: /^https:\/\/vscode\.dev\/oauth\//,
    redirectUri: /^https:\/\/(?:insiders\.)?vscode\.dev\/redirect/,
  },
  checks: [
    { check: 'discovery', how: 'or-origin', source: 'extHostMcp.ts' },
    { check: 'schema', how: 'python', source: 'oauth.ts' },
    { check: 'registration', how: { document: 'any' }, source: 'oauth.ts' },
    { check: 'token-answer', how: 'any-type', source: 'oauth.ts' },
  ],
  hints: {
    'discovery/prm-resource-mismatch':
      'VS Code takes resource metadata whose resource is not exactly the server URL for none at all, and goes on with the origin of the MCP server as its authorization server.',
    'authorization/loopback-port-rejected':
      'VS Code calls back to http://127.0.0.1:33418/ or another port, and to https://vscode.dev/redirect: register both, and take any port of 127.0.0.1.',
    'authorization/redirect-uri-unregistered':
      'VS Code calls back to https://vscode.dev/redirect and to http://127.0.0.1:33418/ (or another port).',
    'registration/no-usable-mechanism':
      'VS Code asks its user for a client id and secret where the server registers nobody.',
    'authorization/request-malformed': 'VS Code was seen to send two URLs in one client_id.',
  },
}
