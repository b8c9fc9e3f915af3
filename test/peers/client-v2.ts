import {
  Client,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client'
import { startClient, type ClientOptions, type PeerClient } from './client.ts'

interface Types {
  client: StoredOAuthClientInformation
  tokens: StoredOAuthTokens
  discovery: OAuthDiscoveryState
}

/** A client made with `@modelcontextprotocol/client`, which compares `issuer` and `iss` as strings. */
export function startClientV2(options: ClientOptions = {}): Promise<PeerClient> {
  return startClient<Types>((url, authProvider) => {
    const client = new Client({ name: 'peer-client-v2', version: '1.0.0' })
    const transport = new StreamableHTTPClientTransport(url, {
      authProvider,
      ...(options.fetch && { fetch: options.fetch }),
    })
    return {
      connect: async () => {
        try {
          await client.connect(transport)
          return true
        } catch (error) {
          if (UnauthorizedError.isInstance(error)) return false
          throw error
        }
      },
      redeem: (response) => transport.finishAuth(response),
      listTools: () => client.listTools(),
      callTool: (call) => client.callTool(call),
      close: () => client.close(),
    }
  }, options)
}
