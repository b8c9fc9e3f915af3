import { origin } from '../wire/url.ts'
import { splitUrl } from '../wire/url-parts.ts'
import { within } from './provider.ts'

/** Tokens that are for the API of a large service, and so for no MCP server but its own. */
interface ApiTokens {
  readonly service: string
  /** What opaque tokens begin with. */
  readonly begin: readonly string[]
  /** Audiences of its JWTs. */
  readonly audiences: readonly string[]
  /** Domains of the service, where its tokens are at home. */
  readonly domains: readonly string[]
}

/*
 * Read on 2026-11-30: docs.github.com, about-authentication-to-github, token formats; anthropics/claude-code#73460 for the id
 * of Microsoft Graph; coder/coder#26150 for tokens of Slack.
 */
const services: readonly ApiTokens[] = [
  {
    service: 'GitHub',
    begin: ['gho_', 'ghp_', 'ghs_', 'ghu_', 'github_pat_'],
    audiences: [],
    domains: ['github.com', 'githubcopilot.com', 'ghe.com'],
  },
  {
    service: 'Google',
    begin: ['ya29.'],
    audiences: [],
    domains: ['google.com', 'googleapis.com'],
  },
  { service: 'Slack', begin: ['xoxb-', 'xoxp-'], audiences: [], domains: ['slack.com'] },
  {
    service: 'Microsoft Graph',
    begin: [],
    audiences: ['https://graph.microsoft.com', '00000003-0000-0000-c000-000000000000'],
    domains: ['microsoft.com'],
  },
]

/** The service whose API a token is for, unless the server it is presented to is one of that service. */
export function foreignApiOf(
  token: string,
  audiences: readonly string[],
  target: string,
): string | undefined {
  const host = splitUrl(origin(target) ?? '')?.authority?.host ?? ''
  return services.find(
    (one) =>
      !one.domains.some((domain) => within(host, domain)) &&
      (one.begin.some((start) => token.startsWith(start)) ||
        audiences.some((audience) => one.audiences.includes(audience.replace(/\/$/, '')))),
  )?.service
}
