import type { IncomingMessage, ServerResponse } from 'node:http'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

/** An MCP server whose one tool gives back its text. */
export function echoServer(): Server {
  const server = new Server({ name: 'echo', version: '1.0.0' }, { capabilities: { tools: {} } })
  const inputSchema = { type: 'object' as const, properties: { text: { type: 'string' } } }
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [{ name: 'echo', inputSchema }],
  }))
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => ({
    content: [{ type: 'text', text: String(params.arguments?.['text']) }],
  }))
  return server
}

/** Answers one request without a session. */
export async function echo(
  request: IncomingMessage,
  response: ServerResponse,
  body: unknown,
): Promise<void> {
  const server = echoServer()
  const transport = new StreamableHTTPServerTransport({})
  response.on('close', () => void server.close())
  // The SDK's transport does not fit its own interface under exactOptionalPropertyTypes.
  await server.connect(transport as never)
  await transport.handleRequest(request, response, body)
}
