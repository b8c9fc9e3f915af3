import { type Provider, within } from './provider.ts'

export const supabase: Provider = {
  name: 'Supabase',
  date: '2026-11-30',
  source: 'supabase.com/docs, OAuth server; supabase/auth#2610',
  serves: (host, path) => within(host, 'supabase.co') || path.startsWith('/auth/v1'),
  advice: {
    'audience/aud-mismatch':
      'Supabase always issues aud "authenticated". Let the MCP server expect that value, and tell its clients apart by client_id.',
    'registration/no-usable-mechanism':
      'Turn on the OAuth server and Allow Dynamic OAuth Apps in the Supabase dashboard: Authentication, OAuth Server.',
    'registration/client-unknown-to-as':
      'Supabase removes clients that registered themselves and are not used: let the client register anew.',
  },
  codes: {
    'Unrecognized client_id': 'Supabase: the client was removed: register anew.',
  },
}
