// An MCP server made with @modelcontextprotocol/server (SDK v2) that takes the JWTs of one issuer.
// Usage: node sdk-v2-server.mjs FILE-BESIDE-THE-LIBRARIES PORT ISSUER
import { createRequire } from 'node:module'
import process from 'node:process'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const [beside, port, issuer] = process.argv.slice(2)
const require = createRequire(beside)
const {
  createMcpExpressApp,
  getOAuthProtectedResourceMetadataUrl,
  mcpAuthMetadataRouter,
  requireBearerAuth,
} = require('@modelcontextprotocol/express')
const { toNodeHandler } = require('@modelcontextprotocol/node')
const {
  McpServer,
  OAuthError,
  OAuthErrorCode,
  createMcpHandler,
} = require('@modelcontextprotocol/server')

const resource = new URL(`http://127.0.0.1:${port}/mcp`)
const answer = await globalThis.fetch(`${issuer}/.well-known/oauth-authorization-server`)
const oauthMetadata = await answer.json()
const keys = createRemoteJWKSet(new URL(oauthMetadata.jwks_uri))

async function verifyAccessToken(token) {
  try {
    const { payload } = await jwtVerify(token, keys, { audience: resource.href, issuer })
    const { client_id: clientId, scope, exp: expiresAt } = payload
    return { token, clientId, scopes: scope.split(' '), expiresAt }
  } catch (error) {
    throw new OAuthError(OAuthErrorCode.InvalidToken, String(error))
  }
}

const handler = toNodeHandler(
  createMcpHandler(() => {
    const server = new McpServer({ name: 'sdk-v2', version: '1.0.0' })
    server.registerTool('hello', { description: 'Says hello' }, () => ({
      content: [{ type: 'text', text: 'hello' }],
    }))
    return server
  }),
)

const app = createMcpExpressApp()
app.use(
  mcpAuthMetadataRouter({
    oauthMetadata,
    resourceServerUrl: resource,
    scopesSupported: ['mcp:tools'],
  }),
)
const guard = requireBearerAuth({
  verifier: { verifyAccessToken },
  requiredScopes: ['mcp:tools'],
  resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
})
app.all('/mcp', guard, (request, response) => handler(request, response, request.body))
app.listen(Number(port), '127.0.0.1', () => console.log('ready'))
