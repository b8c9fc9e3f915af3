import type { Client } from './client.ts'

export const chatgpt: Client = {
  id: 'chatgpt',
  name: 'ChatGPT',
  version: 'November 2026',
  date: '2026-11-30',
  source:
    'https://developers.openai.com/apps-sdk/build/auth; django-oauth/django-oauth-toolkit#1845, #1857, Altinity/altinity-mcp#118',
  shows: {
    agent: /^(?:openai-mcp|chatgpt)/i,
    name: /^(?:openai-mcp|chatgpt)/i,
    clientId: /^https:\/\/chatgpt\.com\/oauth\/(?:(?!codex\/)[^/]+\/)?client\.json$/,
    redirectUri: /^https:\/\/chatgpt\.com\/connector(?:\/oauth\/|_platform_oauth_redirect)/,
  },
  checks: [
    {
      check: 'registration',
      how: { document: ['private_key_jwt', 'none'] },
      source:
        'https://developers.openai.com/apps-sdk/build/auth; gamedevpl/www.gamedev.pl#641, kentcdodds/kody#1905',
    },
    {
      check: 'pkce',
      how: 'listed',
      source:
        'https://developers.openai.com/apps-sdk/build/auth: advertise PKCE support; forcedotcom/mcp-hosted#47',
    },
  ],
  isPartlyKnown: true,
  hints: {
    'discovery/asm-missing':
      'ChatGPT says "Error fetching OAuth configuration" to its user (github/github-mcp-server#1081).',
    'registration/method-not-negotiated':
      'ChatGPT names private_key_jwt (RS256) in its metadata document, and none beside it: take one of them, and list it in token_endpoint_auth_methods_supported.',
    'pkce/support-not-advertised':
      'ChatGPT goes no further where code_challenge_methods_supported does not list S256.',
    'authorization/redirect-uri-unregistered':
      'ChatGPT is called back at https://chatgpt.com/connector/oauth/<id>, another one for each connector; older ones at https://chatgpt.com/connector_platform_oauth_redirect.',
  },
}
