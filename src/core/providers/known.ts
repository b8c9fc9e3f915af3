import { normalHost, splitUrl } from '../wire/url-parts.ts'
import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { entra } from './entra.ts'
import { google } from './google.ts'
import { hydra } from './hydra.ts'
import { keycloak } from './keycloak.ts'
import { okta } from './okta.ts'
import type { Provider } from './provider.ts'
import { stytch } from './stytch.ts'
import { supabase } from './supabase.ts'
import { workos } from './workos.ts'

const providers: readonly Provider[] = [
  auth0,
  cognito,
  entra,
  google,
  hydra,
  okta,
  stytch,
  workos,
  // By path, which others may have too, so these come last.
  keycloak,
  supabase,
]

/** The product behind an issuer identifier or an endpoint URL, when it is a known one. */
export function providerOf(issuer: string | undefined): Provider | undefined {
  const parts = issuer === undefined ? undefined : splitUrl(issuer)
  if (parts?.authority === undefined) return undefined
  const host = normalHost(parts.authority.host)
  return host === undefined
    ? undefined
    : providers.find((provider) => provider.serves(host, parts.path))
}

/** What to do about a rule's finding with the product behind this issuer, as a draft takes it. */
export function providerHint(issuer: string | undefined, rule: string): { hint?: string } {
  const advice = providerOf(issuer)?.advice
  if (advice === undefined || !Object.hasOwn(advice, rule)) return {}
  return { hint: advice[rule]! }
}
