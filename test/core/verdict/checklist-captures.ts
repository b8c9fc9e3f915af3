import { createHash } from 'node:crypto'
import * as flow from '../../rules/whole-flow.ts'

/** A capture with the items of the checklist that are untrue in it: all of them, and no others. */
interface Failing {
  readonly name: string
  readonly items: readonly string[]
  readonly http: string
}

const { healthy } = flow
const refusal = (description = '') =>
  flow.challenge(
    `Bearer error="invalid_token"${description}, resource_metadata="${flow.metadataUrl}", scope="mcp:tools"`,
  )
const hexadecimal = createHash('sha256').update(flow.verifier).digest('hex')
const foreign = flow.jwt({ aud: 'api://default' })
const expired = flow.jwt({ exp: 1767268801 })
const serverMetadataUrl = `${flow.issuer}/.well-known/oauth-authorization-server`
const firstCall = (token: string, answer?: string) =>
  flow.sessionStart(token, answer).split('\n\n> POST')[0]!
const redeemed = (access: string, changes: Record<string, string | undefined> = {}) =>
  flow.tokenRequest({ ...flow.redemption, ...changes }, flow.tokens(access, flow.secret('rt_ one')))
const refusedRedemption = (error: string, changes: Record<string, string | undefined> = {}) =>
  flow.tokenRequest({ ...flow.redemption, ...changes }, flow.json({ error }, '400 Bad Request'))
const answeredAtOnce = (answer: string) =>
  flow.flowUpTo('challenge', { challenge: flow.opening(answer) })
const metadataIs = (answer: string) =>
  flow.flowUpTo('serverMetadata', { serverMetadata: flow.get(serverMetadataUrl, answer) })

export const failing: readonly Failing[] = [
  {
    name: 'D-1: there is no server metadata',
    items: ['D-1'],
    http: flow.flowUpTo('serverMetadata', {
      serverMetadata:
        flow.get(serverMetadataUrl, flow.notFound) +
        flow.get(`${flow.issuer}/.well-known/openid-configuration`, flow.notFound),
    }),
  },
  {
    name: 'D-1 and D-2: the metadata URL answers with a page',
    items: ['D-1', 'D-2'],
    http: metadataIs(
      '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<!doctype html><title>Hi</title>',
    ),
  },
  {
    name: 'D-2: the metadata has no token_endpoint',
    items: ['D-2'],
    http: metadataIs(flow.json(flow.serverDocument({ token_endpoint: undefined }))),
  },
  {
    name: 'D-2: the metadata names another issuer',
    items: ['D-2'],
    http: metadataIs(flow.json(flow.serverDocument({ issuer: 'https://login.example' }))),
  },
  {
    name: 'D-3: the token endpoint cannot be reached',
    items: ['D-3'],
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest(flow.redemption, '! tcp ECONNREFUSED connect ECONNREFUSED'),
    }),
  },
  {
    name: 'D-4: the client ignores the URL that the challenge names',
    items: ['D-4'],
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata: flow.get(
        'https://mcp.example/.well-known/oauth-protected-resource',
        flow.notFound,
      ),
    }),
  },
  {
    name: 'T-1: the client has a token and keeps sending an old key',
    items: ['T-1'],
    http:
      firstCall('old-key', refusal()) +
      flow.flowUpTo('token', { challenge: '' }) +
      firstCall('old-key', refusal()),
  },
  {
    name: 'T-1 and T-3: the client has a token and sends none',
    items: ['T-1', 'T-3'],
    http: flow.flowUpTo('initialize', { initialize: healthy.challenge }),
  },
  {
    name: 'T-1 and T-4: a redirect costs the token',
    items: ['T-1', 'T-4'],
    http:
      flow.flowUpTo('token') +
      firstCall(flow.firstToken, '< HTTP/1.1 307 Temporary Redirect\n< location: /mcp/') +
      '\n' +
      healthy.challenge.replace('/mcp\n', '/mcp/\n'),
  },
  {
    name: 'T-2 and T-4: something on the way takes the token off',
    items: ['T-2', 'T-4'],
    http: flow.flowUpTo('initialize', {
      initialize: firstCall(
        flow.firstToken,
        flow
          .challenge(`Bearer resource_metadata="${flow.metadataUrl}", scope="mcp:tools"`)
          .replace('< content-type', '< via: 1.1 edge\n< content-type'),
      ),
    }),
  },
  {
    name: 'U-1 and U-5: a request without a token is answered 403',
    items: ['U-1', 'U-5'],
    http: answeredAtOnce(flow.json({ message: 'Forbidden' }, '403 Forbidden')),
  },
  {
    name: 'U-1 and U-5: the 401 has no challenge',
    items: ['U-1', 'U-5'],
    http: answeredAtOnce('< HTTP/1.1 401 Unauthorized\n< content-type: text/plain\n\nUnauthorized'),
  },
  {
    name: 'U-2, U-4 and U-5: the challenge has no scheme',
    items: ['U-2', 'U-4', 'U-5'],
    http: answeredAtOnce(flow.challenge(`resource_metadata="${flow.metadataUrl}"`)),
  },
  {
    name: 'U-2 and U-5: the challenge asks for Basic',
    items: ['U-2', 'U-5'],
    http: answeredAtOnce(flow.challenge('Basic realm="mcp"')),
  },
  {
    name: 'U-3: there is no resource metadata where the challenge says',
    items: ['U-3'],
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata:
        flow.get(flow.metadataUrl, flow.notFound) +
        flow.get('https://mcp.example/.well-known/oauth-protected-resource', flow.notFound),
    }),
  },
  {
    name: 'U-3: the resource metadata is that of another server',
    items: ['U-3'],
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata: flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ resource: 'https://internal.example/mcp' })),
      ),
    }),
  },
  {
    name: 'U-4 and U-5: typographic quotation marks',
    items: ['U-4', 'U-5'],
    http: answeredAtOnce(flow.challenge(`Bearer resource_metadata=“${flow.metadataUrl}”`)),
  },
  {
    name: 'U-5: an expired token is answered 403',
    items: ['U-5'],
    http: flow.flowUpTo('list', {
      list: flow.call(
        'tools/list',
        expired,
        flow.json({ error: 'token expired' }, '403 Forbidden'),
      ),
    }),
  },
  {
    name: 'A-1: the client names no resource',
    items: ['A-1'],
    http: flow.flowUpTo('initialize', {
      authorize: flow.authorize({ resource: undefined }),
      token: redeemed(flow.firstToken, { resource: undefined }),
    }),
  },
  {
    name: 'A-1 and A-3: the client spells the resource otherwise',
    items: ['A-1', 'A-3'],
    http: flow.flowUpTo('initialize', {
      authorize: flow.authorize({ resource: `${flow.endpoint}/` }),
      token: redeemed(flow.firstToken, { resource: `${flow.endpoint}/` }),
    }),
  },
  {
    name: 'A-2: the server accepts a token for somebody else',
    items: ['A-2'],
    http: `${healthy.challenge}${flow.call('tools/list', flow.jwt({ aud: undefined }))}`,
  },
  {
    name: 'A-3, A-4 and A-5: the authorization server issues for another audience, and is told so',
    items: ['A-3', 'A-4', 'A-5'],
    http: flow.flowUpTo('initialize', {
      token: redeemed(foreign),
      initialize: firstCall(foreign, refusal(', error_description="invalid audience"')),
    }),
  },
  {
    name: 'A-5: the authorization server refuses the resource',
    items: ['A-5'],
    http: flow.flowUpTo('token', { token: refusedRedemption('invalid_target') }),
  },
  {
    name: 'A-6: a new token is refused without a reason',
    items: ['A-6'],
    http: flow.flowUpTo('initialize', { initialize: firstCall(flow.firstToken, refusal()) }),
  },
  {
    name: 'R-1: the client did not register the redirect URI that it uses',
    items: ['R-1'],
    http: flow.flowUpTo('authorize', {
      authorize: flow.authorize({ redirect_uri: 'http://127.0.0.1:41234/other' }),
    }),
  },
  {
    name: 'R-2: the client authenticates otherwise than it registered',
    items: ['R-2'],
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest(
        { ...flow.redemption, client_secret: flow.secret('s_ one') },
        flow.json({ error: 'invalid_client' }, '401 Unauthorized'),
      ),
    }),
  },
  {
    name: 'R-3: the client registers where nobody told it to',
    items: ['R-3'],
    http: flow.flowUpTo('registration', {
      serverMetadata: flow.get(
        serverMetadataUrl,
        flow.json(
          flow.serverDocument({
            registration_endpoint: undefined,
            client_id_metadata_document_supported: true,
          }),
        ),
      ),
      registration: `${healthy.registration.split('\n\n< ')[0]}\n\n${flow.notFound}\n`,
    }),
  },
  {
    name: 'R-4: registration is not open',
    items: ['R-4'],
    http: flow.flowUpTo('registration', {
      registration: `${healthy.registration.split('\n\n< ')[0]}\n\n${flow.json({ error: 'access_denied' }, '403 Forbidden')}\n`,
    }),
  },
  {
    name: 'R-4: there is no way to a client id',
    items: ['R-4'],
    http: metadataIs(flow.json(flow.serverDocument({ registration_endpoint: undefined }))),
  },
  {
    name: 'P-1: the client does without PKCE',
    items: ['P-1'],
    http: flow.flowUpTo('authorize', {
      authorize: flow.authorize({ code_challenge: undefined, code_challenge_method: undefined }),
    }),
  },
  {
    name: 'P-1: the client names the method plain',
    items: ['P-1'],
    http: flow.flowUpTo('authorize', {
      authorize: flow.authorize({
        code_challenge: flow.verifier,
        code_challenge_method: 'plain',
      }),
    }),
  },
  {
    name: 'P-1: the challenge is the hash in hexadecimal',
    items: ['P-1'],
    http: flow.flowUpTo('token', {
      authorize: flow.authorize({ code_challenge: hexadecimal }),
      token: refusedRedemption('invalid_grant'),
    }),
  },
  {
    name: 'T-1: the client was given a new token and sends the old one',
    items: ['T-1'],
    http:
      flow.flowUpTo('list') +
      healthy.refresh +
      '\n# at 12:10:00\n' +
      flow
        .call('tools/list', flow.firstToken, refusal(', error_description="revoked"'))
        .trimStart(),
  },
  {
    name: 'P-2: the client made another verifier',
    items: ['P-2'],
    http: flow.flowUpTo('token', {
      token: refusedRedemption('invalid_grant', {
        code_verifier: 'made-anew-after-the-redirect-and-long-enough',
      }),
    }),
  },
  {
    name: 'P-3 and P-4: the client sends no verifier',
    items: ['P-3', 'P-4'],
    http: flow.flowUpTo('token', {
      token: refusedRedemption('invalid_grant', { code_verifier: undefined }),
    }),
  },
  {
    name: 'P-4: the client redeems under another redirect URI',
    items: ['P-4'],
    http: flow.flowUpTo('token', {
      token: refusedRedemption('invalid_grant', {
        redirect_uri: 'http://127.0.0.1:41234/other',
      }),
    }),
  },
]

/** A capture with a finding that says nothing of any item. */
export const denyingNothing: readonly { name: string; rule: string; http: string }[] = [
  {
    name: 'the server blames PKCE, and the verifier fits',
    rule: 'pkce/valid-verifier-rejected',
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest(
        flow.redemption,
        flow.json(
          { error: 'invalid_grant', error_description: 'PKCE verification failed' },
          '400 Bad Request',
        ),
      ),
    }),
  },
  {
    name: 'the authorization request has a parameter twice',
    rule: 'authorization/request-malformed',
    http: flow.flowUpTo('authorize', {
      authorize: flow.authorize({}).replace('&state=', '&scope=mcp%3Atools&state='),
    }),
  },
  {
    name: 'the token endpoint is not there',
    rule: 'token/endpoint-unusable',
    http: flow.flowUpTo('token', { token: flow.tokenRequest(flow.redemption, flow.notFound) }),
  },
  {
    name: 'a new token has expired already',
    rule: 'claims/time-invalid',
    http: flow.flowUpTo('initialize', {
      token: redeemed(flow.jwt({ exp: 1767268000 })),
      initialize: firstCall(
        flow.jwt({ exp: 1767268000 }),
        refusal(', error_description="token expired"'),
      ),
    }),
  },
  {
    name: 'the server refuses the scheme in small letters',
    rule: 'bearer/malformed',
    http:
      flow.flowUpTo('token') +
      firstCall(flow.firstToken, refusal(', error_description="no"')).replace(
        'Bearer ',
        'bearer ',
      ) +
      '\n' +
      healthy.initialize,
  },
]
