import { type Provider, within } from './provider.ts'

export const okta: Provider = {
  name: 'Okta',
  serves: (host) => within(host, 'okta.com') || within(host, 'oktapreview.com'),
  advice: {
    'audience/aud-mismatch':
      'In Okta a custom authorization server (/oauth2/<id>) has one audience, api://default unless changed: set it to the MCP URL. Tokens of the org authorization server are never for your API.',
    'discovery/asm-missing':
      'Okta serves custom authorization servers only at <issuer>/.well-known/…, appended to the path, not with path insertion (RFC 8414 §3.1).',
  },
}
