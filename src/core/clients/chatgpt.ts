import type { Client } from './client.ts'

export const chatgpt: Client = {
  id: 'chatgpt',
  name: 'ChatGPT',
  version: 'November 2026',
  date: '2026-11-30',
  source: 'https://developers.openai.com/apps-sdk/build/auth',
  shows: {
    agent: /^(?:openai-mcp|chatgpt)/i,
    name: /^(?:openai-mcp|chatgpt)/i,
    clientId: /^https:\/\/chatgpt\.com\/oauth\/(?!codex\/)[^/]+\/client\.json$/,
    redirectUri: /^https:\/\/chatgpt\.com\/connector(?:\/oauth\/|_platform_oauth_redirect)/,
  },
  checks: [
    {
      check: 'registration',
      how: { document: ['private_key_jwt', 'none'] },
      source: 'https://developers.openai.com/apps-sdk/build/auth: how ChatGPT registers its client',
    },
    {
      check: 'pkce',
      how: 'listed',
      source: 'https://developers.openai.com/apps-sdk/build/auth: advertise PKCE support',
    },
  ],
  isPartlyKnown: true,
  hints: {
    'registration/method-not-negotiated':
      'ChatGPT signs with its own key (private_key_jwt, RS256) where the server lists that, else it uses `none` where that is listed; with neither it stops after the code without a word.',
    'pkce/support-not-advertised':
      'ChatGPT goes no further where code_challenge_methods_supported does not list S256.',
    'flow/stalled':
      'ChatGPT stops after the code without a word where token_endpoint_auth_methods_supported lists neither private_key_jwt nor none, and shows nothing of it to its user.',
    'authorization/redirect-uri-unregistered':
      'ChatGPT is called back at https://chatgpt.com/connector/oauth/<id>, another one for each connector; older ones at https://chatgpt.com/connector_platform_oauth_redirect.',
  },
}
