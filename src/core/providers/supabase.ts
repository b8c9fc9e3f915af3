import { type Provider, within } from './provider.ts'

const registers =
  'Supabase registers clients only where the OAuth Server, and Allow Dynamic OAuth Apps, are on in the Supabase Dashboard: Authentication, OAuth Server (allow_dynamic_registration in config.toml).'

export const supabase: Provider = {
  name: 'Supabase',
  date: '2026-11-30',
  source:
    'https://supabase.com/docs/guides/auth/oauth-server/getting-started, https://gofastmcp.com/integrations/supabase; supabase/auth#2610, supabase/mcp#355, anthropics/claude-code#84614',
  serves: (host, path) =>
    within(host, 'supabase.co') || host === 'api.supabase.com' || path.startsWith('/auth/v1'),
  advice: {
    'audience/aud-mismatch':
      'Supabase Auth ignores resource and always issues aud "authenticated": let the MCP server expect that value, and the issuer.',
    'registration/no-usable-mechanism': registers,
    'registration/rejected': registers,
    'registration/client-unknown-to-as':
      'Supabase was seen to forget clients that had registered themselves: let the client register anew.',
  },
  codes: {
    'Unrecognized client_id':
      'Supabase was seen to forget clients that had registered themselves: let the client register anew.',
    'Dynamic client registration is not enabled': registers,
  },
}
