import { type Provider, within } from './provider.ts'

export const supabase: Provider = {
  name: 'Supabase',
  serves: (host, path) => within(host, 'supabase.co') || path.startsWith('/auth/v1'),
  advice: {
    'audience/aud-mismatch':
      'Supabase always issues aud "authenticated". Let the MCP server expect that value, and tell its clients apart by client_id.',
  },
}
