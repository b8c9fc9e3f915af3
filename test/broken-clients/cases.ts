import type { Fault } from './client.ts'
import { field, param } from './recording.ts'
import type { Received } from './recording.ts'
import type { Behaviour } from './servers.ts'

export interface Case {
  readonly fault: Fault
  readonly behaviour?: Behaviour
  /** How the client ends when nothing stands between it and the servers. */
  readonly ends: string
  /** Whether the servers can tell: the fault is in what they received. */
  readonly shows: (log: readonly Received[]) => boolean
}

const at = (log: readonly Received[], path: string) =>
  log.filter((request) => request.path === path)
const authorize = (log: readonly Received[]) => at(log, '/authorize')
const token = (log: readonly Received[]) => at(log, '/token')
const some = (log: readonly Received[], name: string, value: string | undefined) =>
  log.length > 0 && log.every((request) => param(request, name) === value)

export const cases: readonly Case[] = [
  {
    fault: 'none',
    ends: 'served',
    shows: (log) => authorize(log).length === 1 && token(log).length === 1,
  },
  {
    fault: 'sends no code challenge',
    ends: 'served',
    shows: (log) => some(authorize(log), 'code_challenge', undefined),
  },
  {
    fault: 'sends its verifier as a plain challenge',
    ends: 'served',
    shows: (log) => some(authorize(log), 'code_challenge_method', 'plain'),
  },
  {
    fault: 'sends a verifier that does not match',
    ends: 'no token but invalid_grant',
    shows: (log) =>
      token(log).every((request) => param(request, 'code_verifier')?.startsWith('forgotten')),
  },
  {
    fault: 'skips state',
    ends: 'served',
    shows: (log) => some(authorize(log), 'state', undefined),
  },
  {
    fault: 'none',
    behaviour: { state: 'another' },
    ends: 'refused: another state',
    shows: (log) => authorize(log).length === 1 && token(log).length === 0,
  },
  {
    fault: 'none',
    behaviour: { state: 'absent' },
    ends: 'refused: another state',
    shows: (log) => authorize(log).length === 1 && token(log).length === 0,
  },
  {
    fault: 'ignores state',
    behaviour: { state: 'another' },
    ends: 'served',
    shows: (log) => token(log).length === 1,
  },
  {
    fault: 'skips state',
    behaviour: { state: 'absent' },
    ends: 'served',
    shows: (log) => some(authorize(log), 'state', undefined),
  },
  {
    fault: 'ignores iss',
    behaviour: { iss: 'foreign' },
    ends: 'served',
    shows: (log) => token(log).length === 1,
  },
  {
    fault: 'normalises iss',
    behaviour: { iss: 'slash' },
    ends: 'served',
    shows: (log) => token(log).length === 1,
  },
  {
    fault: 'ignores the metadata URL in the challenge',
    behaviour: { metadataPath: '/metadata/of/this' },
    ends: 'found no metadata: 404',
    shows: (log) => at(log, '/metadata/of/this').length === 0,
  },
  {
    fault: 'trusts metadata for another resource',
    behaviour: { resource: '/another' },
    ends: 'gave up at 401 after 2 sign-ins',
    shows: (log) =>
      authorize(log).every((request) => param(request, 'resource')?.endsWith('/another')),
  },
  {
    fault: 'trusts metadata of another issuer',
    behaviour: { issuerSuffix: '/', iss: 'slash' },
    ends: 'served',
    shows: (log) => token(log).length === 1,
  },
  {
    fault: 'appends the well-known path to the issuer',
    behaviour: { issuerPath: '/tenant' },
    ends: 'served',
    shows: (log) => at(log, '/tenant/.well-known/oauth-authorization-server').length === 1,
  },
  {
    fault: 'names the origin as resource',
    ends: 'gave up at 401 after 2 sign-ins',
    shows: (log) =>
      authorize(log).every((request) => !param(request, 'resource')?.endsWith('/mcp')),
  },
  {
    fault: 'names no resource',
    ends: 'gave up at 401 after 2 sign-ins',
    shows: (log) => some(token(log), 'resource', undefined),
  },
  {
    fault: 'ignores the scope in the challenge',
    behaviour: { scope: 'files:read' },
    ends: 'gave up at 403 after 2 sign-ins',
    shows: (log) => some(authorize(log), 'scope', undefined),
  },
  {
    fault: 'signs in again and again',
    behaviour: { scope: 'files:read', neverEnough: true },
    ends: 'gave up at 403 after 5 sign-ins',
    shows: (log) => authorize(log).length === 5,
  },
  {
    fault: 'reuses credentials at another authorization server',
    behaviour: { moves: true },
    ends: 'the browser stopped at a page with status 400',
    shows: (log) =>
      log.some(
        (request) =>
          request.server === 'other-as' && param(request, 'client_id')?.startsWith('as-client'),
      ),
  },
  {
    fault: 'uses a registration that the server has forgotten',
    ends: 'the browser stopped at a page with status 400',
    shows: (log) => at(log, '/register').length === 0 && authorize(log).length === 1,
  },
  {
    fault: 'uses a registration that the server has forgotten',
    behaviour: { iss: 'absent' },
    ends: 'the browser stopped at a page with status 400',
    shows: (log) => at(log, '/register').length === 0 && authorize(log).length === 1,
  },
  {
    fault: 'uses a redirect URI that was not registered',
    ends: 'the browser stopped at a page with status 400',
    shows: (log) => authorize(log).length === 1 && token(log).length === 0,
  },
  {
    fault: 'redeems the code with another redirect URI',
    ends: 'no token but invalid_grant',
    shows: (log) =>
      token(log).every((request) => param(request, 'redirect_uri')?.endsWith('/other')),
  },
  {
    fault: 'redeems the code twice',
    ends: 'no token but invalid_grant',
    shows: (log) => token(log).length === 2,
  },
  {
    fault: 'sends JSON to the token endpoint',
    ends: 'no token but unsupported_grant_type',
    shows: (log) =>
      token(log).every((request) => field(request, 'content-type') === 'application/json'),
  },
  {
    fault: 'sends the token in the query',
    ends: 'gave up at 401 after 2 sign-ins',
    shows: (log) => at(log, '/mcp').some((request) => param(request, 'access_token') !== undefined),
  },
  {
    fault: 'sends the token without a scheme',
    ends: 'gave up at 401 after 2 sign-ins',
    shows: (log) =>
      at(log, '/mcp').some((request) => field(request, 'authorization')?.startsWith('as-')),
  },
]
