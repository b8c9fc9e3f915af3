import { expect } from 'vitest'
import { startAiSdk } from '../more-peers/ai-sdk.ts'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { PeerClient, StartClient } from '../peers/client.ts'

export const generations: [string, StartClient][] = [
  ['SDK v1', startClientV1],
  ['SDK v2', startClientV2],
]

/** Clients that play in this process. */
export const everyone: [string, StartClient][] = [...generations, ['the AI SDK', startAiSdk]]

/** Logs in, and calls the tool. */
export async function use(client: PeerClient, url: string): Promise<void> {
  await client.login(url)
  expect(await client.callTool('hello')).toBe('hello')
}

/** The user logs in again, though nothing was wrong with what the client had. */
export async function again(client: PeerClient, url: string): Promise<void> {
  client.memory.invalidateCredentials('tokens')
  await use(client, url)
}

/** Gives one client what the other has stored, as two programs that share a file of tokens. */
export function share(from: PeerClient, to: PeerClient): void {
  to.memory.saveClientInformation(from.memory.clientInformation()!)
  to.memory.saveTokens(from.memory.tokens()!)
}
