import { atlassian } from './atlassian.ts'
import { betterAuth } from './better-auth.ts'
import { clerk } from './clerk.ts'
import { cloudflare } from './cloudflare.ts'
import { descope } from './descope.ts'
import { fastMcp } from './fastmcp.ts'
import { figma } from './figma.ts'
import { github } from './github.ts'
import { linear } from './linear.ts'
import { notion } from './notion.ts'
import { oidcProvider } from './oidc-provider.ts'
import { salesforce } from './salesforce.ts'
import { slack } from './slack.ts'
import { stripe } from './stripe.ts'
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

export const providers: readonly Provider[] = [
  atlassian,
  clerk,
  cloudflare,
  descope,
  fastMcp,
  figma,
  github,
  linear,
  notion,
  salesforce,
  slack,
  stripe,
  auth0,
  cognito,
  entra,
  google,
  hydra,
  okta,
  stytch,
  workos,
  // By path, which others may have too, so these come last.
  betterAuth,
  keycloak,
  oidcProvider,
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

/** Whether the product behind this issuer is known to do this, and its clients to live with it. */
export function isManner(issuer: string | undefined, rule: string, variant = ''): boolean {
  return providerOf(issuer)?.manners?.includes(`${rule}#${variant}`) === true
}

/**
 * What the words of a refusal mean at the product that says them. Codes that only one product has are known wherever they
 * come from; words count only where the product is known.
 */
export function codeHint(issuer: string | undefined, words: string): string | undefined {
  const code = /\bAADSTS\d{4,8}\b/.exec(words)?.[0]
  if (code !== undefined) return entra.codes?.[code]
  const codes = Object.entries(providerOf(issuer)?.codes ?? {})
  return codes.find(([said]) => words.includes(said))?.[1]
}
