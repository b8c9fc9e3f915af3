import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/core/report.ts'
import { Session } from '../../src/core/session.ts'
import { parseTranscript } from '../../src/core/transcript.ts'
import { loadRules } from '../../src/rules.ts'
import * as flow from './whole-flow.ts'

const { rules } = await loadRules()

function judge(http: string) {
  const session = new Session({ rules, tool: { name: 'authtap', version: '0', rules: '' } })
  for (const exchange of parseTranscript(http)) session.ingest(exchange)
  session.settle()
  return session.report()
}

const documentId = 'https://client.example/mcp-client.json'
const opaque = flow.secret('at_ one')
const basic = `\n> authorization: Basic ${Buffer.from('app-7:hunter2').toString('base64')}`
const openidUrl = `${flow.issuer}/.well-known/openid-configuration`
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

const variants: Readonly<Record<string, string>> = {
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

describe.each(Object.entries(variants))('a healthy flow %s', (_, http) => {
  const report = judge(http)

  test('gives no error and no warning', () => {
    const alarms = report.findings.filter(({ severity }) => severity !== 'info')
    expect(alarms.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  })

  test('passes, nothing broken, one flow, authorized', () => {
    expect(report.verdict).toBe('pass')
    expect(report.firstBroken).toBeNull()
    expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
    expect(report.outcomes.crash).toBe(0)
  })
})

test('no item of the checklist fails in a healthy flow', () => {
  const failed = judge(flow.flowWith()).checklist.filter(({ status }) => status === 'fail')
  expect(failed).toEqual([])
})

const legacyIssuer = 'https://mcp.example'
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
const legacy = flow
  .flowWith({
    challenge: flow.opening(flow.challenge('Bearer')),
    resourceMetadata: '',
    serverMetadata: flow.get(
      `${flow.issuer}/.well-known/oauth-authorization-server`,
      flow.json(legacyDocument),
    ),
    authorize: flow.authorize({ resource: undefined }),
    callback: flow.healthy.callback.replace(/&iss=[^\n]*/, ''),
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

test.each([
  ['a client of that time', legacy.replaceAll('2025-11-25', '2025-03-26')],
  [
    'a client of today that falls back',
    legacy.replace(
      `> GET ${legacyIssuer}/.well-known/oauth-authorization-server`,
      `> GET ${flow.metadataUrl}\n\n${flow.notFound}\n\n> GET https://mcp.example/.well-known/oauth-protected-resource\n\n${flow.notFound}\n\n> GET ${legacyIssuer}/.well-known/oauth-authorization-server`,
    ),
  ],
])('a login of 2025-03-26 by %s gives no error', (_, http) => {
  const report = judge(http)
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  expect(errors.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([])
  expect(report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
})

const refusal = flow.challenge(
  `Bearer error="invalid_token", error_description="invalid audience", resource_metadata="${flow.metadataUrl}"`,
)
const invalidGrant = flow.json({ error: 'invalid_grant' }, '400 Bad Request')
const wrongToken = flow.jwt({ aud: 'api://default' })
const old = flow
  .opening(flow.challenge('Bearer scope="mcp:tools"'))
  .replaceAll('2025-11-25', '2025-06-18')

interface Broken {
  readonly rule: string
  readonly fault: Fault
  readonly http: string
}

const broken: readonly Broken[] = [
  {
    rule: 'challenge/www-authenticate-missing',
    fault: 'resource-server',
    http: flow.flowUpTo('challenge', {
      challenge: flow.opening(
        '< HTTP/1.1 401 Unauthorized\n< content-type: text/plain\n\nUnauthorized',
      ),
    }),
  },
  {
    rule: 'challenge/unparseable',
    fault: 'resource-server',
    http: flow.flowUpTo('challenge', {
      challenge: flow.opening(flow.challenge(`Bearer resource_metadata=“${flow.metadataUrl}”`)),
    }),
  },
  {
    rule: 'challenge/resource-metadata-missing',
    fault: 'resource-server',
    http: flow.flowUpTo('challenge', { challenge: old }),
  },
  {
    rule: 'discovery/prm-missing',
    fault: 'resource-server',
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata:
        flow.get(flow.metadataUrl, flow.notFound) +
        flow.get('https://mcp.example/.well-known/oauth-protected-resource', flow.notFound),
    }),
  },
  {
    rule: 'discovery/prm-resource-mismatch',
    fault: 'resource-server',
    http: flow.flowUpTo('resourceMetadata', {
      resourceMetadata: flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ resource: 'https://internal.example/mcp' })),
      ),
    }),
  },
  {
    rule: 'discovery/asm-issuer-mismatch',
    fault: 'authorization-server',
    http: flow.flowUpTo('serverMetadata', {
      serverMetadata: flow.get(
        `${flow.issuer}/.well-known/oauth-authorization-server`,
        flow.json(flow.serverDocument({ issuer: 'https://login.example' })),
      ),
    }),
  },
  {
    rule: 'audience/resource-param-missing',
    fault: 'client',
    http: flow.flowUpTo('initialize', {
      authorize: flow.authorize({ resource: undefined }),
      token: flow.tokenRequest(
        { ...flow.redemption, resource: undefined },
        flow.tokens(wrongToken, flow.secret('rt_ one')),
      ),
      initialize: flow.sessionStart(wrongToken, refusal).split('\n\n> POST')[0]!,
    }),
  },
  {
    rule: 'pkce/verifier-missing',
    fault: 'client',
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest({ ...flow.redemption, code_verifier: undefined }, invalidGrant),
    }),
  },
  {
    rule: 'pkce/verifier-mismatch',
    fault: 'client',
    http: flow.flowUpTo('token', {
      token: flow.tokenRequest(
        { ...flow.redemption, code_verifier: 'made-anew-after-the-redirect-and-long-enough' },
        invalidGrant,
      ),
    }),
  },
  {
    rule: 'audience/aud-mismatch',
    fault: 'authorization-server',
    http: flow.flowUpTo('initialize', {
      token: flow.tokenRequest(flow.redemption, flow.tokens(wrongToken, flow.secret('rt_ one'))),
      initialize: flow.sessionStart(wrongToken, refusal).split('\n\n> POST')[0]!,
    }),
  },
  {
    rule: 'bearer/missing',
    fault: 'client',
    http: flow.flowUpTo('initialize', { initialize: flow.healthy.challenge }),
  },
  {
    rule: 'intermediary/authorization-stripped',
    fault: 'intermediary',
    http: flow.flowUpTo('initialize', {
      initialize: flow
        .sessionStart(
          flow.firstToken,
          flow
            .challenge(`Bearer resource_metadata="${flow.metadataUrl}", scope="mcp:tools"`)
            .replace('< content-type', '< via: 1.1 edge\n< content-type'),
        )
        .split('\n\n> POST')[0]!,
    }),
  },
  {
    rule: 'challenge/wrong-status',
    fault: 'resource-server',
    http: flow.flowUpTo('challenge', {
      challenge: flow.opening(flow.json({ message: 'Forbidden' }, '403 Forbidden')),
    }),
  },
  {
    rule: 'discovery/asm-missing',
    fault: 'authorization-server',
    http: flow.flowUpTo('serverMetadata', {
      serverMetadata:
        flow.get(`${flow.issuer}/.well-known/oauth-authorization-server`, flow.notFound) +
        flow.get(openidUrl, flow.notFound),
    }),
  },
  {
    rule: 'discovery/metadata-not-json',
    fault: 'authorization-server',
    http: flow.flowUpTo('serverMetadata', {
      serverMetadata: flow.get(
        `${flow.issuer}/.well-known/oauth-authorization-server`,
        '< HTTP/1.1 200 OK\n< content-type: text/html\n\n<!doctype html><title>Welcome</title>',
      ),
    }),
  },
  {
    rule: 'discovery/endpoint-unreachable',
    fault: 'authorization-server',
    http: flow.flowUpTo('serverMetadata', {
      serverMetadata: flow.get(
        `${flow.issuer}/.well-known/oauth-authorization-server`,
        '! dns ENOTFOUND getaddrinfo ENOTFOUND as.example',
      ),
    }),
  },
]

describe('a broken flow is blamed on the one who broke it', () => {
  test.each(broken)('$rule: $fault', ({ rule, fault, http }) => {
    const { firstBroken, findings, verdict } = judge(http)
    const first = findings.find(({ id }) => id === firstBroken?.finding)
    expect({ rule: first?.rule, fault: first?.fault, verdict }).toEqual({
      rule,
      fault,
      verdict: 'fail',
    })
  })

  test.each(broken)('$rule leaves no other cause standing beside it', ({ rule, http }) => {
    const causes = judge(http).findings.filter(
      ({ severity, causedBy }) => severity === 'error' && causedBy === null,
    )
    expect(causes.map((finding) => finding.rule)).toEqual([rule])
  })
})
