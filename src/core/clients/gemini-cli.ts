import type { Client } from './client.ts'

const code =
  'https://www.npmjs.com/package/@google/gemini-cli-core/v/0.61.0?activeTab=code, dist/src/mcp'

export const geminiCli: Client = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  version: '0.61',
  date: '2026-11-30',
  source: `${code}/oauth-utils.js and oauth-provider.js`,
  shows: {
    name: /^gemini[- ]cli/i,
  },
  checks: [
    {
      check: 'metadata-origin',
      how: 'same',
      source: `${code}/oauth-utils.js, validateOAuthEndpointUrl`,
    },
    {
      check: 'resource',
      how: 'same-without-query',
      source: `${code}/oauth-utils.js, isEquivalentResourceIdentifier`,
    },
    { check: 'discovery', how: 'or-origin', source: `${code}/oauth-utils.js` },
    { check: 'schema', how: 'gemini', source: `${code}/oauth-provider.js, authenticate` },
    {
      check: 'registration',
      how: { document: 'never' },
      source: `${code}/oauth-provider.js, authenticate`,
    },
    {
      check: 'secure-endpoints',
      how: 'all',
      source: `${code}/oauth-utils.js, validateOAuthEndpointUrl`,
    },
  ],
  hints: {
    'discovery/prm-resource-mismatch':
      'Gemini CLI wants resource to be the server URL itself, apart from its query.',
    'audience/resource-param-mismatch':
      'Gemini CLI sends the URL that it is configured with as resource, never what the resource metadata says.',
    'challenge/resource-metadata-unusable':
      'Gemini CLI takes a resource_metadata URL only on the origin of the server.',
  },
}
