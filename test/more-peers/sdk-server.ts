import { DemoInMemoryAuthProvider } from '@modelcontextprotocol/sdk/examples/server/demoInMemoryOAuthProvider.js'
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js'
import { authorizationHandler } from '@modelcontextprotocol/sdk/server/auth/handlers/authorize.js'
import { metadataHandler } from '@modelcontextprotocol/sdk/server/auth/handlers/metadata.js'
import { clientRegistrationHandler } from '@modelcontextprotocol/sdk/server/auth/handlers/register.js'
import { tokenHandler } from '@modelcontextprotocol/sdk/server/auth/handlers/token.js'
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js'
import {
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
  mcpAuthRouter,
} from '@modelcontextprotocol/sdk/server/auth/router.js'
import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js'
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js'
import { listen } from '../peers/listener.ts'
import { echo } from './echo.ts'
import { type Peer, peer } from './peer.ts'

type App = ReturnType<typeof createMcpExpressApp>

/** Where the SDK's own authorization server lives, and how a client is to find it. */
export const placements = [
  'on an origin of its own',
  'on the origin of the MCP server',
  'under an issuer with a path',
  'behind openid-configuration only',
  'without any metadata, as in 2025-03-26',
] as const
export type Placement = (typeof placements)[number]

/** An MCP server with the authorization server that comes with `@modelcontextprotocol/sdk`. */
export async function startSdkServer(placement: Placement): Promise<Peer> {
  let provider = new DemoInMemoryAuthProvider()
  const verifier: OAuthTokenVerifier = {
    verifyAccessToken: (token) =>
      provider.verifyAccessToken(token).catch((error: unknown) => {
        // The example throws an error that its own guard answers with 500.
        throw new InvalidTokenError(String(error))
      }),
  }
  if (placement === 'on the origin of the MCP server') {
    const both = await listen((origin) => {
      provider = new DemoInMemoryAuthProvider()
      const app = createMcpExpressApp()
      const resource = new URL('/mcp', origin)
      app.use(mcpAuthRouter({ provider, issuerUrl: new URL(origin), resourceServerUrl: resource }))
      return guarded(app, verifier, resource)
    })
    return peer({ mcp: both }, '/mcp')
  }
  if (placement === 'without any metadata, as in 2025-03-26') {
    const both = await listen((origin) => {
      const app = createMcpExpressApp()
      endpoints(app, provider, '')
      return guarded(app, verifier, new URL('/mcp', origin), false)
    })
    return peer({ mcp: both }, '/mcp')
  }
  const as = await listen((origin) => {
    provider = new DemoInMemoryAuthProvider()
    return authorizationServer(provider, origin, placement)
  })
  const issuer = as.origin + issuerPath(placement)
  const mcp = await listen((origin) => {
    const app = createMcpExpressApp()
    const resource = new URL('/mcp', origin)
    const oauthMetadata = metadata(issuer)
    const router = mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource })
    // The router would also pass for the authorization server's metadata, which lives elsewhere.
    app.use('/.well-known/oauth-protected-resource', (request, response, next) => {
      request.url = `/.well-known/oauth-protected-resource${request.url}`
      router(request, response, next)
    })
    return guarded(app, verifier, resource)
  })
  return peer({ as, mcp }, '/mcp')
}

function issuerPath(placement: Placement): string {
  return placement === 'under an issuer with a path' ? '/tenant' : ''
}

function authorizationServer(
  provider: DemoInMemoryAuthProvider,
  origin: string,
  placement: Placement,
): App {
  const app = createMcpExpressApp()
  if (placement === 'on an origin of its own') {
    app.use(mcpAuthRouter({ provider, issuerUrl: new URL(origin) }))
    return app
  }
  const path = issuerPath(placement)
  const kind = path === '' ? 'openid-configuration' : 'oauth-authorization-server'
  app.use(`/.well-known/${kind}${path}`, metadataHandler(metadata(origin + path)))
  endpoints(app, provider, path)
  return app
}

function endpoints(app: App, provider: DemoInMemoryAuthProvider, path: string): void {
  app.use(`${path}/authorize`, authorizationHandler({ provider }))
  app.use(`${path}/token`, tokenHandler({ provider }))
  app.use(`${path}/register`, clientRegistrationHandler({ clientsStore: provider.clientsStore }))
}

/** `mcpAuthRouter` names its issuer with a slash at the end, as `URL` spells an origin. */
function metadata(issuer: string) {
  const { pathname } = new URL(issuer)
  const base = issuer.replace(/\/$/, '')
  return {
    issuer: pathname === '/' ? `${base}/` : issuer,
    authorization_endpoint: `${base}/authorize`,
    token_endpoint: `${base}/token`,
    registration_endpoint: `${base}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'none'],
    jwks_uri: `${base}/jwks`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  }
}

function guarded(app: App, verifier: OAuthTokenVerifier, resource: URL, named = true): App {
  const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(resource)
  const guard = requireBearerAuth({ verifier, ...(named && { resourceMetadataUrl }) })
  app.all('/mcp', guard, (request, response, next) => {
    echo(request, response, request.body).catch(next)
  })
  return app
}
