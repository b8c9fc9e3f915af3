// An MCP server made with fastmcp, whose OAuth proxy sends users on to another authorization server.
// Usage: node fastmcp-server.mjs FILE-BESIDE-THE-LIBRARIES PORT ISSUER CLIENT-ID CLIENT-SECRET
import { createRequire } from 'node:module'
import process from 'node:process'

const [beside, port, issuer, clientId, clientSecret] = process.argv.slice(2)
const { FastMCP, OAuthProvider } = createRequire(beside)('fastmcp')

const server = new FastMCP({
  name: 'fastmcp',
  version: '1.0.0',
  auth: new OAuthProvider({
    baseUrl: `http://127.0.0.1:${port}`,
    clientId,
    clientSecret,
    authorizationEndpoint: `${issuer}/auth`,
    tokenEndpoint: `${issuer}/token`,
    scopes: ['mcp:tools'],
  }),
})
server.addTool({ name: 'hello', description: 'Says hello', execute: async () => 'hello' })
await server.start({
  transportType: 'httpStream',
  httpStream: { port: Number(port), host: '127.0.0.1' },
})
console.log('ready')
