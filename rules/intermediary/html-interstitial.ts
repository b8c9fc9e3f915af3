import { type Step, defineRule, header, isLoginUrl, origin, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/html-interstitial',
  title: 'A gateway redirects the client to its sign-in page',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9110 §15.5.2', 'RFC 9728 §3.2'],
  revisions: 'all',
  seed: [
    { item: 'D-1', severity: 'error', when: ({ kind }) => kind === 'server-metadata' },
    { item: 'D-3', severity: 'error' },
    { item: 'U-3', severity: 'error', when: ({ kind }) => kind === 'resource-metadata' },
  ],
  why: 'The client asks for a document and gets a sign-in page for people. No client can sign in there, so the login never begins.',
  remedy:
    'Exempt /.well-known/*, the MCP endpoint, the registration endpoint and the token endpoint from the sign-in of the gateway.',
  explains: [
    'discovery/asm-missing',
    'discovery/metadata-not-json',
    'discovery/prm-missing',
    'discovery/wellknown-error-status',
    'flow/auth-not-started',
    'flow/stalled',
    'flow/step-failed',
    'token/error-response',
  ],

  on: ['resource-metadata', 'server-metadata', 'registration', 'token'],

  *check(step, flow) {
    const { status } = step
    if (status === undefined || status < 300 || status > 399) return step.ok ? undefined : 'silent'
    const location = header(step.exchange.response?.headers ?? [], 'location')
    if (location === undefined) return 'silent'
    const gateway = gatewayAt(step, location)
    if (gateway === undefined && (location.includes('/.well-known/') || !isLoginUrl(location)))
      return
    const found = flow.of(step.kind).some(({ ok }) => ok)
    yield {
      variant: 'sign-in',
      severity: found ? 'warning' : 'error',
      confidence: gateway === undefined ? 'likely' : 'certain',
      message: `${step.url} is answered ${status} to ${quoted(location)}, the sign-in ${gateway === undefined ? 'page of whoever stands before the server' : `of ${gateway}`}`,
      evidence: [
        { step, at: 'response.status' },
        { step, at: 'response.header.location' },
        { step, at: 'request.url' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'a redirect to where the document is',
        http: `
          > GET https://mcp.example/.well-known/oauth-protected-resource

          < HTTP/1.1 308 Permanent Redirect
          < location: https://mcp.example/.well-known/oauth-protected-resource/mcp`,
      },
    ],
    bad: [
      {
        name: 'OAuth2 Proxy before the metadata',
        http: `
          > GET https://mcp.example/.well-known/oauth-authorization-server

          < HTTP/1.1 302 Found
          < location: https://mcp.example/oauth2/start?rd=%2F`,
        expect: { variant: 'sign-in', severity: 'error', fault: 'intermediary' },
      },
    ],
  },
})

/** Paths at which gateways keep their sign-in pages. */
const gateways: readonly (readonly [path: string, name: string])[] = [
  ['/oauth2/start', 'OAuth2 Proxy'],
  ['/oauth2/sign_in', 'OAuth2 Proxy'],
  ['/cdn-cgi/access', 'Cloudflare Access'],
  ['/_oauth', 'traefik-forward-auth'],
  ['/outpost.goauthentik.io', 'authentik'],
  ['/.auth/login', 'Azure App Service authentication'],
  ['/.pomerium', 'Pomerium'],
]

function gatewayAt(step: Step, location: string): string | undefined {
  if (!URL.canParse(location, step.url)) return undefined
  const { hostname, pathname } = new URL(location, step.url)
  if (hostname.endsWith('.cloudflareaccess.com')) return 'Cloudflare Access'
  if (hostname === 'accounts.google.com' && origin(step.url) !== origin(location))
    return "Google's Identity-Aware Proxy"
  return gateways.find(([path]) => pathname.startsWith(path))?.[1]
}
