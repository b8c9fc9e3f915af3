import { type Provider, within } from './provider.ts'

export const google: Provider = {
  name: 'Google',
  serves: (host) => host === 'accounts.google.com' || within(host, 'googleapis.com'),
  advice: {
    'discovery/asm-issuer-mismatch':
      'The issuer of Google is https://accounts.google.com, without a slash at its end: write it so in authorization_servers.',
  },
}
