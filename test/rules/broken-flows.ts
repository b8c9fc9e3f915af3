import type { Fault } from '../../src/core/verdict/report.ts'
import { openidUrl } from './healthy-flows.ts'
import * as flow from './whole-flow.ts'

const { healthy } = flow
const refusal = flow.challenge(
  `Bearer error="invalid_token", error_description="invalid audience", resource_metadata="${flow.metadataUrl}"`,
)
const invalidGrant = flow.json({ error: 'invalid_grant' }, '400 Bad Request')
const wrongToken = flow.jwt({ aud: 'api://default' })
const old = flow
  .opening(flow.challenge('Bearer scope="mcp:tools"'))
  .replaceAll('2025-11-25', '2025-06-18')

/** A flow that breaks in one place, with the rule and the party that have to be named. */
export interface Broken {
  readonly rule: string
  readonly fault: Fault
  readonly http: string
}

export const broken: readonly Broken[] = [
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
    http: flow.flowUpTo('initialize', { initialize: healthy.challenge }),
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
  {
    rule: 'audience/resource-param-mismatch',
    fault: 'client',
    http: flow.flowUpTo('callback', {
      authorize: flow.authorize({ resource: 'https://other.example/mcp' }),
      callback: `
# handed-over client=browser
> GET ${flow.redirectUri}?error=invalid_target&state=Zm9vYmFyYmF6cXV4&iss=${encodeURIComponent(flow.issuer)}
`,
    }),
  },
]
