import type { Client } from './client.ts'

const common = 'https://github.com/microsoft/vscode/blob/main/src/vs/base/common/oauth.ts'
const host =
  'https://github.com/microsoft/vscode/blob/main/src/vs/workbench/api/common/extHostMcp.ts'

export const vscode: Client = {
  id: 'vscode',
  name: 'VS Code',
  version: 'November 2026',
  date: '2026-11-30',
  source: `${host}; ${common}; microsoft/vscode#278512`,
  shows: {
    agent: /^visual studio code/i,
    name: /^visual studio code/i,
    clientId: /^https:\/\/vscode\.dev\/oauth\//,
    redirectUri: /^https:\/\/(?:insiders\.)?vscode\.dev\/redirect/,
  },
  checks: [
    { check: 'discovery', how: 'or-origin', source: host },
    { check: 'schema', how: 'vscode', source: `${common}, isAuthorizationServerMetadata` },
    { check: 'registration', how: { document: 'any' }, source: common },
    { check: 'token-answer', how: 'any-type', source: common },
  ],
  hints: {
    'discovery/prm-resource-mismatch':
      'VS Code takes resource metadata whose resource is not exactly the server URL for none at all, and goes on with the origin of the MCP server as its authorization server.',
    'authorization/loopback-port-rejected':
      'VS Code was seen to register http://127.0.0.1/ and http://127.0.0.1:33418/, and to be called back at another port: take any port of 127.0.0.1.',
    'authorization/redirect-uri-unregistered':
      'VS Code calls back to https://vscode.dev/redirect and to http://127.0.0.1:33418/ (or another port).',
    'registration/no-usable-mechanism':
      'VS Code asks its user for a client id and secret where the server registers nobody.',
  },
}
