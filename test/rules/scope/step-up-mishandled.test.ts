import { describe } from 'vitest'
import mishandled from '../../../rules/scope/step-up-mishandled.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'
import { asks, call, fine, lacks, token } from './scopes.ts'

describe('scope/step-up-mishandled', () => {
  testExamples(mishandled, {
    bad: [
      {
        name: 'the client goes on with other calls',
        http: `${asks('read')}${token('one', 'read')}${call('one', lacks('write'))}${call('one', fine, 'read')}`,
        expect: { variant: 'not-attempted', severity: 'warning' },
      },
      {
        name: 'a refresh, which brings no new scope',
        http: `${asks('read')}${token('one', 'read', ',"refresh_token":"r1"')}${call('one', lacks('write'))}
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ two}","token_type":"Bearer","refresh_token":"r2"}
${call('two', lacks('write'))}`,
        expect: { variant: 'refresh-used' },
      },
      {
        name: 'the scopes that were there before are given up',
        revision: '2026-07-28',
        http: `${asks('read')}${token('one', 'read')}${call('one', lacks('write'))}${asks('write')}`,
        expect: { variant: 'prior-scopes-dropped', severity: 'warning' },
      },
    ],
  })
})

const wants = (scope: string) =>
  `< HTTP/1.1 403 Forbidden\n< www-authenticate: Bearer error="insufficient_scope", scope="${scope}"`

const tool = (token: string, name: string, said?: string) =>
  flow.call('tools/call', token, said, `{"name":"${name}","arguments":{}}`)

const later = '\n# at 12:10:00\n'
const refused = flow.flowUpTo('list') + tool(flow.firstToken, 'write', wants('mcp:write'))

/** A new login for these scopes, and its token. */
function login(scope: string, jti: string): string {
  const code = flow.secret(`code_ ${jti}`)
  return [
    flow.authorize({ scope, state: `state-of-${jti}` }),
    flow.healthy.callback
      .replace(flow.secret('code_ one'), () => code)
      .replace('Zm9vYmFyYmF6cXV4', `state-of-${jti}`),
    flow.tokenRequest(
      { ...flow.redemption, code },
      flow.json({ access_token: flow.jwt({ jti, scope }), token_type: 'Bearer', scope }),
    ),
  ].join('\n')
}

const written = flow.jwt({ jti: 'w', scope: 'mcp:write' })
const both = flow.jwt({ jti: 'b', scope: 'mcp:tools mcp:write' })

testExamples(mishandled, {
  good: [
    {
      name: 'the client asks for both, and goes on',
      http: [refused, login('mcp:tools mcp:write', 'b'), tool(both, 'write')].join('\n'),
    },
    {
      name: 'the scope that is given up is never missed',
      http: [refused, login('mcp:write', 'w'), tool(written, 'write')].join('\n'),
    },
  ],
  bad: [
    {
      name: 'the client goes on with other calls',
      http: [refused, later, tool(flow.firstToken, 'read')].join('\n'),
      expect: { variant: 'not-attempted', severity: 'warning', fault: 'client' },
    },
    {
      name: 'it reads the metadata once more, and asks for nothing',
      http: [
        refused,
        flow.healthy.resourceMetadata,
        flow.healthy.serverMetadata,
        later,
        flow.call('tools/list', flow.firstToken),
      ].join('\n'),
      expect: { variant: 'not-attempted', severity: 'warning' },
    },
    {
      name: 'it refreshes, and goes on with other calls',
      http: [refused, flow.healthy.refresh, later, tool(flow.secondToken, 'read')].join('\n'),
      expect: { variant: 'refresh-used', severity: 'warning' },
    },
    {
      name: 'it gives up a scope that a later call wants',
      http: [
        refused,
        login('mcp:write', 'w'),
        tool(written, 'write'),
        tool(written, 'read', wants('mcp:tools')),
      ].join('\n'),
      expect: { variant: 'prior-scopes-dropped', severity: 'error', fault: 'undetermined' },
    },
    {
      name: 'the same from the revision on that makes it a duty of the client',
      http: [
        refused,
        login('mcp:write', 'w'),
        tool(written, 'write'),
        tool(written, 'read', wants('mcp:tools')),
      ]
        .join('\n')
        .replaceAll('2025-11-25', '2026-07-28'),
      expect: { variant: 'prior-scopes-dropped', fault: 'client' },
    },
    {
      name: 'the call that wants it gets through in the end',
      http: [
        refused,
        login('mcp:write', 'w'),
        tool(written, 'read', wants('mcp:tools')),
        login('mcp:tools mcp:write', 'b'),
        tool(both, 'read'),
      ].join('\n'),
      expect: { variant: 'prior-scopes-dropped', severity: 'warning' },
    },
  ],
})
