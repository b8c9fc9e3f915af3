import { type Provider, within } from './provider.ts'

export const cognito: Provider = {
  name: 'Amazon Cognito',
  serves: (host) => host.startsWith('cognito-idp.') && within(host, 'amazonaws.com'),
  advice: {
    'audience/aud-mismatch':
      'Cognito sets aud only with resource binding (Managed Login on the Essentials or Plus plan). Turn it on for a resource server whose identifier is the MCP URL.',
    'discovery/asm-missing':
      'Cognito serves only the appended openid-configuration and answers other well-known URLs with 400.',
  },
}
