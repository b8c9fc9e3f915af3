import { describe } from 'vitest'
import selection from '../../../rules/scope/selection-ignored.ts'
import { testExamples } from '../examples.ts'
import { asks, call, challenged, fine, lacks, listing, token } from './scopes.ts'

describe('scope/selection-ignored', () => {
  testExamples(selection, {
    good: [
      {
        name: 'the scopes of the API under its name',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${asks('api://app/mcp')}`,
      },
    ],
    bad: [
      {
        name: 'scopes of the resource metadata, of which the client asks for none',
        revision: '2025-11-25',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource/mcp

          < HTTP/1.1 200 OK

          {"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"],"scopes_supported":["mcp"]}
${asks(undefined)}`,
        expect: { variant: 'resource-metadata-ignored', severity: 'info' },
      },
      {
        name: 'the challenge is not heeded, and nothing comes of it',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${asks('other')}${token('one', 'other')}${call('one', fine)}`,
        expect: { variant: 'challenge-ignored', severity: 'info' },
      },
      {
        name: 'the challenge is not heeded, and the call is refused for it',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${asks('other')}${token('one', 'other')}${call('one', lacks('mcp'))}`,
        expect: { variant: 'challenge-ignored', severity: 'error' },
      },
      {
        name: 'all that the authorization server lists',
        revision: '2025-11-25',
        http: `${challenged('mcp')}${listing('["mcp","admin","billing"]')}${asks('mcp admin billing')}`,
        expect: { variant: 'taken-from-server-metadata', severity: 'info' },
      },
    ],
  })
})
