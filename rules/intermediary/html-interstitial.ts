import {
  type Draft,
  type EdgePage,
  type Step,
  type TunnelPage,
  bodyText,
  defineRule,
  edgePage,
  header,
  isLoginUrl,
  origin,
  parseUrl,
  quoted,
  shortened,
  textOfPage,
  tunnelPage,
} from '../../src/core/kit.ts'

export default defineRule({
  id: 'intermediary/html-interstitial',
  title: 'A gateway answers the client with a page for people',
  severity: ['error', 'warning'],
  fault: ['intermediary'],
  spec: ['RFC 9110 §15.5.2', 'RFC 9728 §3.2'],
  revisions: 'all',
  seed: [
    { item: 'D-1', severity: 'error', when: ({ kind }) => kind === 'server-metadata' },
    { item: 'D-3', severity: 'error' },
    { item: 'U-3', severity: 'error', when: ({ kind }) => kind === 'resource-metadata' },
  ],
  why: 'The client asks for data and gets a page to sign in at or to prove to be human. No client can do that, and the server behind never hears of the request.',
  remedy:
    'Exempt /.well-known/*, the MCP endpoint, the registration endpoint and the token endpoint from the sign-in, the bot check and the firewall of the gateway.',
  explains: [
    'bearer/fresh-token-rejected',
    'challenge/wrong-status',
    'challenge/www-authenticate-missing',
    'discovery/asm-missing',
    'discovery/metadata-not-json',
    'discovery/metadata-wrong-content-type',
    'discovery/prm-missing',
    'discovery/wellknown-error-status',
    'flow/auth-not-started',
    'flow/reauth-loop',
    'flow/stalled',
    'flow/step-failed',
    'registration/rejected',
    'token/error-not-oauth',
    'token/error-response',
    'token/response-not-json',
    'token/endpoint-unusable',
  ],

  on: [
    'mcp',
    'challenge',
    'resource-metadata',
    'server-metadata',
    'registration',
    'pushed-request',
    'token',
  ],

  *check(step, flow) {
    const { response } = step.exchange
    if (response === undefined) return 'silent'
    if (step.kind === 'mcp' && step.isMcp) return
    const found = signIn(step, response) ?? pageOf(step, response)
    if (found === undefined) return
    const isCall = step.kind === 'mcp' || step.kind === 'challenge'
    const others = isCall ? flow.after(step, 'mcp') : flow.of(step.kind)
    const again = others.some((other) => other !== step && other.ok && !isPage(other))
    yield { ...found, severity: again ? 'warning' : 'error' }
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
      {
        name: 'Cloudflare refuses the token request',
        http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 403 Forbidden
          < cf-ray: 1-FRA
          < content-type: text/html

          <html><title>Sorry, you have been blocked</title></html>`,
        expect: { variant: 'blocked', severity: 'error', fault: 'intermediary' },
      },
      {
        name: 'the tunnel to the server has ended',
        http: `
          > GET https://mcp.example/.well-known/oauth-authorization-server

          < HTTP/1.1 530 Origin Unreachable
          < server: cloudflare
          < content-type: text/plain

          error code: 1033`,
        expect: { variant: 'tunnel', severity: 'error', fault: 'intermediary' },
      },
    ],
  },
})

type Response = NonNullable<Step['exchange']['response']>
type Answer = Pick<Draft, 'variant' | 'confidence' | 'message' | 'evidence' | 'remedy'>

/** A redirect to a page to sign in at. */
function signIn(step: Step, response: Response): Answer | undefined {
  const location = header(response.headers, 'location')
  if (response.status < 300 || response.status > 399 || location === undefined) return undefined
  const gateway = gatewayAt(step, location)
  const isLogin = !location.includes('/.well-known/') && isLoginUrl(location)
  // That a call without a token is sent to a login page is no 401, whoever sends it there.
  const isBare = step.kind === 'mcp' && step.authorization.length === 0
  if (gateway === undefined && (!isLogin || isBare)) return undefined
  return {
    variant: 'sign-in',
    confidence: gateway === undefined ? 'likely' : 'certain',
    message: `${step.url} is answered ${response.status} to ${quoted(location)}, the sign-in ${gateway === undefined ? 'page of whoever stands before the server' : `of ${gateway}`}`,
    evidence: [
      { step, at: 'response.status' },
      { step, at: 'response.header.location' },
      { step, at: 'request.url' },
    ],
  }
}

const pages: Readonly<Record<EdgePage['kind'], string>> = {
  'bot-check': 'the page of a bot check',
  blocked: 'the page of a refusal',
  tunnel: 'a page of its own',
}

function pageOf(step: Step, response: Response): Answer | undefined {
  const own = tunnelPage(response.status, response.headers, bodyText(response))
  if (own !== undefined) return ofTunnel(step, response, own)
  // With 502 to 504 a gateway says that the server behind it does not answer.
  if (response.status > 499 && response.status !== 503) return undefined
  const text = bodyText(response)
  const page = edgePage(response.headers, text)
  return (
    page && {
      variant: page.kind,
      message: `${page.name} (${page.trace}) answers ${step.url} ${response.status} with ${pages[page.kind]}: ${quoted(shortened(textOfPage(text), 100))}`,
      evidence: [
        { step, at: 'response.status', note: 'not an answer of the server' },
        { step, at: `response.header.${page.trace.split(':', 1)[0]!}` },
        { step, at: 'response.body' },
        { step, at: 'request.url' },
      ],
    }
  )
}

function ofTunnel(step: Step, { status }: Response, page: TunnelPage): Answer {
  const { name, trace, at, says, remedy } = page
  return {
    variant: 'tunnel',
    message: `${name} (${trace}) answers ${step.url} ${status} in place of the server: ${says}`,
    remedy,
    evidence: [
      { step, at: 'response.status', note: 'not an answer of the server' },
      at === 'body'
        ? { step, at: 'response.body' }
        : { step, at: `response.header.${trace.split(':', 1)[0]!}` },
      { step, at: 'request.url' },
    ],
  }
}

function isPage({ exchange: { response } }: Step): boolean {
  if (response === undefined) return false
  const text = bodyText(response)
  const { status, headers } = response
  return tunnelPage(status, headers, text) !== undefined || edgePage(headers, text) !== undefined
}

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
  const url = parseUrl(location, step.url)
  if (url === undefined) return undefined
  const { hostname, pathname } = url
  if (hostname.endsWith('.cloudflareaccess.com')) return 'Cloudflare Access'
  if (hostname === 'accounts.google.com' && origin(step.url) !== origin(location))
    return "Google's Identity-Aware Proxy"
  return gateways.find(([path]) => pathname.startsWith(path))?.[1]
}
