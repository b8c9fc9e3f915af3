import { type Provider, within } from './provider.ts'

const registers =
  'Stytch registers clients only where Dynamic Client Registration is turned on in its dashboard.'
const domain =
  'Stytch sends stytch.com/<project id> as iss unless the project has a custom domain and is called there: configure one, and list it in authorization_servers.'

export const stytch: Provider = {
  name: 'Stytch',
  date: '2026-11-30',
  source:
    'https://stytch.com/docs/connected-apps/resources/faq, https://stytch.com/docs/b2b/api/connected-app-access-token, https://docs.skybridge.tech/api-reference/stytch-provider',
  serves: (host) => within(host, 'stytch.com') || within(host, 'stytch.dev'),
  advice: {
    'audience/aud-mismatch':
      'Stytch puts the id of the project into aud, not the MCP URL: let the MCP server expect that.',
    'authorization/iss-invalid': domain,
    'claims/issuer-mismatch': domain,
    'registration/rejected': registers,
    'registration/no-usable-mechanism': registers,
  },
  codes: {
    too_many_connected_apps:
      'Stytch: every registration with a secret is a client of its own: turn on client metadata documents (CIMD), and remove old clients.',
  },
}
