import * as flow from './whole-flow.ts'

const { healthy } = flow
const documentId = 'https://client.example/mcp-client.json'
const opaque = flow.secret('at_ one')
const basic = `\n> authorization: Basic ${Buffer.from('app-7:hunter2').toString('base64')}`
export const openidUrl = `${flow.issuer}/.well-known/openid-configuration`
const confidential = { client_id: undefined }

/** The token parts for another client id. */
function asClient(id: string) {
  const [first, second] = [flow.jwt({ client_id: id }), flow.jwt({ client_id: id, jti: 'two' })]
  return {
    first,
    second,
    parts: {
      registration: '',
      authorize: flow.authorize({ client_id: id }),
      token: flow.tokenRequest(
        { ...flow.redemption, client_id: id },
        flow.tokens(first, flow.secret('rt_ one')),
      ),
      initialize: flow.sessionStart(first),
      list: flow.call('tools/list', first),
      refresh: flow.tokenRequest(
        {
          grant_type: 'refresh_token',
          refresh_token: flow.secret('rt_ one'),
          client_id: id,
          resource: flow.endpoint,
        },
        flow.tokens(second, flow.secret('rt_ two')),
      ),
      call: flow.call('tools/call', second),
    },
  }
}

const byDocument = asClient(documentId)
const byHand = asClient('app-7')

/** Ways of a login that the specifications know. */
export const variants: Readonly<Record<string, string>> = {
  'with dynamic registration': flow.flowWith(),
  'whose client is a metadata document': flow.flowWith({
    ...byDocument.parts,
    serverMetadata: flow.get(
      `${flow.issuer}/.well-known/oauth-authorization-server`,
      flow.json(
        flow.serverDocument({
          client_id_metadata_document_supported: true,
          registration_endpoint: undefined,
        }),
      ),
    ),
  }),
  'of a confidential client that was registered by hand': flow.flowWith({
    ...byHand.parts,
    token: flow.tokenRequest(
      { ...flow.redemption, ...confidential },
      flow.tokens(byHand.first, flow.secret('rt_ one')),
      basic,
    ),
    refresh: flow.tokenRequest(
      {
        grant_type: 'refresh_token',
        refresh_token: flow.secret('rt_ one'),
        resource: flow.endpoint,
      },
      flow.tokens(byHand.second, flow.secret('rt_ two')),
      basic,
    ),
  }),
  'with opaque tokens': flow.flowWith({
    token: flow.tokenRequest(flow.redemption, flow.tokens(opaque, flow.secret('rt_ one'))),
    initialize: flow.sessionStart(opaque),
    list: flow.call('tools/list', opaque),
    refresh: flow.tokenRequest(
      {
        grant_type: 'refresh_token',
        refresh_token: flow.secret('rt_ one'),
        client_id: flow.clientId,
        resource: flow.endpoint,
      },
      flow.tokens(flow.secret('at_ two'), flow.secret('rt_ two')),
    ),
    call: flow.call('tools/call', flow.secret('at_ two')),
  }),
  'whose resource metadata is at the root': flow.flowWith({
    challenge: flow.opening(
      flow.challenge(
        'Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource", scope="mcp:tools"',
      ),
    ),
    resourceMetadata: flow.get(
      'https://mcp.example/.well-known/oauth-protected-resource',
      flow.json(flow.resourceDocument()),
    ),
  }),
  'that finds OpenID discovery alone': flow.flowWith({
    serverMetadata:
      flow.get(`${flow.issuer}/.well-known/oauth-authorization-server`, flow.notFound) +
      flow.get(
        openidUrl,
        flow.json(
          flow.serverDocument({
            subject_types_supported: ['public'],
            id_token_signing_alg_values_supported: ['ES256'],
            userinfo_endpoint: `${flow.issuer}/userinfo`,
          }),
        ),
      ),
  }),
}

const expired = flow.challenge(
  `Bearer error="invalid_token", error_description="the token has expired", resource_metadata="${flow.metadataUrl}", scope="mcp:tools"`,
)
const machine = flow.jwt({ client_id: 'app-7', sub: 'app-7' })

/** Ways in which clients and servers differ without being wrong. */
export const manners: Readonly<Record<string, string>> = {
  'that renews a token when the server says it has expired': [
    flow.flowUpTo('list'),
    flow.call('tools/list', flow.firstToken, expired),
    healthy.refresh,
    flow.call('tools/list', flow.secondToken),
  ].join('\n'),
  'of a client that kept its registration and refresh token': [
    healthy.challenge,
    healthy.resourceMetadata,
    healthy.serverMetadata,
    healthy.refresh,
    flow.sessionStart(flow.secondToken),
    healthy.call,
  ].join('\n'),
  'of a client that asks for the metadata before anything else': [
    flow.get(flow.metadataUrl, flow.json(flow.resourceDocument())),
    healthy.serverMetadata,
    flow.flowWith({ challenge: '', resourceMetadata: '', serverMetadata: '' }),
  ].join('\n'),
  'of a client that asks for a stream where there is none, and ends its session': [
    flow.flowWith(),
    `> GET ${flow.endpoint}
> accept: text/event-stream
> authorization: Bearer ${flow.secondToken}
> mcp-session-id: session-1
> mcp-protocol-version: 2025-11-25

< HTTP/1.1 405 Method Not Allowed
< allow: POST, DELETE

> DELETE ${flow.endpoint}
> authorization: Bearer ${flow.secondToken}
> mcp-session-id: session-1
> mcp-protocol-version: 2025-11-25

< HTTP/1.1 204 No Content`,
  ].join('\n\n'),
  'of a server that answers initialize to everybody': [
    flow.sessionStart('x').replaceAll('\n> authorization: Bearer x', ''),
    flow
      .call('tools/list', 'x', flow.challenge(`Bearer resource_metadata="${flow.metadataUrl}"`))
      .replace('\n> authorization: Bearer x', ''),
    flow.flowWith({ challenge: '', initialize: '' }),
  ].join('\n'),
  'of a machine with credentials of its own': [
    healthy.challenge,
    healthy.resourceMetadata,
    flow.get(
      `${flow.issuer}/.well-known/oauth-authorization-server`,
      flow.json(
        flow.serverDocument({
          grant_types_supported: ['authorization_code', 'client_credentials'],
        }),
      ),
    ),
    flow.tokenRequest(
      { grant_type: 'client_credentials', resource: flow.endpoint, scope: 'mcp:tools' },
      flow.json({ access_token: machine, token_type: 'Bearer', expires_in: 3600 }),
      basic,
    ),
    flow.sessionStart(machine),
    flow.call('tools/list', machine),
  ].join('\n'),
  'with a pushed authorization request': flow.flowWith({
    serverMetadata: flow.get(
      `${flow.issuer}/.well-known/oauth-authorization-server`,
      flow.json(
        flow.serverDocument({ pushed_authorization_request_endpoint: `${flow.issuer}/par` }),
      ),
    ),
    authorize: flow.pushed(),
  }),
  'on loopback without TLS': flow
    .flowWith()
    .replaceAll('https://mcp.example', 'http://localhost:3000')
    .replaceAll(
      encodeURIComponent('https://mcp.example'),
      encodeURIComponent('http://localhost:3000'),
    )
    .replaceAll('https://as.example', 'http://localhost:3001')
    .replaceAll(
      encodeURIComponent('https://as.example'),
      encodeURIComponent('http://localhost:3001'),
    ),
  'whose server takes its origin for the resource': flow
    .flowWith({
      resourceMetadata: flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ resource: 'https://mcp.example' })),
      ),
    })
    .replaceAll(encodeURIComponent(flow.endpoint), encodeURIComponent('https://mcp.example'))
    .replaceAll('"aud":"https://mcp.example/mcp"', '"aud":"https://mcp.example"'),
}

export const legacyIssuer = 'https://mcp.example'
const legacyDocument = {
  issuer: legacyIssuer,
  authorization_endpoint: `${legacyIssuer}/authorize`,
  token_endpoint: `${legacyIssuer}/token`,
  registration_endpoint: `${legacyIssuer}/register`,
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token'],
  token_endpoint_auth_methods_supported: ['none'],
  code_challenge_methods_supported: ['S256'],
}
const legacyToken = flow.secret('at_ legacy')

/** A server of 2025-03-26: no resource metadata, the authorization server at its own origin. */
export const legacy = flow
  .flowWith({
    challenge: flow.opening(flow.challenge('Bearer')),
    resourceMetadata: '',
    serverMetadata: flow.get(
      `${flow.issuer}/.well-known/oauth-authorization-server`,
      flow.json(legacyDocument),
    ),
    authorize: flow.authorize({ resource: undefined }),
    callback: healthy.callback.replace(/&iss=[^\n]*/, ''),
    token: flow.tokenRequest(
      { ...flow.redemption, resource: undefined },
      flow.tokens(legacyToken, flow.secret('rt_ one')),
    ),
    initialize: flow.sessionStart(legacyToken),
    list: flow.call('tools/list', legacyToken),
    refresh: '',
    call: '',
  })
  .replaceAll(flow.issuer, legacyIssuer)
