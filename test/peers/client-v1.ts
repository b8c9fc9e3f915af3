import {
  UnauthorizedError,
  type OAuthDiscoveryState,
} from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {
  OAuthClientInformationMixed,
  OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js'
import { startClient, type ClientOptions, type PeerClient } from './client.ts'

interface Types {
  client: OAuthClientInformationMixed
  tokens: OAuthTokens
  discovery: OAuthDiscoveryState
}

/** A client made with `@modelcontextprotocol/sdk`, which compares neither `issuer` nor `iss`. */
export function startClientV1(options: ClientOptions = {}): Promise<PeerClient> {
  return startClient<Types>((url, authProvider) => {
    const client = new Client({ name: 'peer-client-v1', version: '1.0.0' })
    const transport = new StreamableHTTPClientTransport(url, {
      authProvider,
      ...(options.fetch && { fetch: options.fetch }),
    })
    return {
      connect: async () => {
        try {
          // The SDK's transport does not fit its own interface under exactOptionalPropertyTypes.
          await client.connect(transport as never)
          return true
        } catch (error) {
          if (error instanceof UnauthorizedError) return false
          throw error
        }
      },
      redeem: (response) => transport.finishAuth(response.get('code') ?? ''),
      listTools: () => client.listTools(),
      callTool: (call) => client.callTool(call),
      close: () => client.close(),
    }
  }, options)
}
