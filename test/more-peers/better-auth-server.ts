import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import {
  mcp,
  oAuthDiscoveryMetadata,
  oAuthProtectedResourceMetadata,
  withMcpAuth,
} from 'better-auth/plugins'
import { listen } from '../peers/listener.ts'
import { type Peer, peer } from './peer.ts'
import { echoFetch, toListener } from './web.ts'

const user = {
  name: 'alice',
  email: 'alice@example.com',
  password: randomBytes(12).toString('hex'),
}

/** A web application that guards its MCP endpoint with better-auth's `mcp` plugin and has a login page of its own. */
export async function startBetterAuthServer(): Promise<Peer> {
  const listener = await listen(async (origin) => {
    const auth = newAuth(origin)
    await auth.api.signUpEmail({ body: user })
    const pages: Record<string, (request: Request) => Promise<Response>> = {
      '/.well-known/oauth-protected-resource': oAuthProtectedResourceMetadata(auth),
      '/.well-known/oauth-authorization-server': oAuthDiscoveryMetadata(auth),
      '/mcp': withMcpAuth(auth, echoFetch),
      '/login': (request) => auth.handler(signIn(origin, request)),
    }
    return toListener(origin, async (request) => {
      const { pathname } = new URL(request.url)
      return (await pages[pathname]?.(request)) ?? auth.handler(request)
    })
  })
  return peer({ mcp: listener }, '/mcp')
}

function newAuth(origin: string) {
  return betterAuth({
    baseURL: origin,
    secret: randomBytes(24).toString('hex'),
    database: memoryAdapter({
      user: [],
      session: [],
      account: [],
      verification: [],
      oauthApplication: [],
      oauthAccessToken: [],
      oauthConsent: [],
    }),
    emailAndPassword: { enabled: true, autoSignIn: false },
    plugins: [mcp({ loginPage: '/login', resource: `${origin}/mcp` })],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
  })
}

/** The login page, whose visitor types in nothing: it signs alice in with the visitor's cookies. */
function signIn(origin: string, visit: Request): Request {
  const headers = {
    'content-type': 'application/json',
    origin,
    cookie: visit.headers.get('cookie') ?? '',
  }
  const body = JSON.stringify({ email: user.email, password: user.password })
  return new Request(`${origin}/api/auth/sign-in/email`, { method: 'POST', headers, body })
}
