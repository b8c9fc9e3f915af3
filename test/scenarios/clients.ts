import { expect } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { PeerClient, StartClient } from '../peers/client.ts'

export const generations: [string, StartClient][] = [
  ['SDK v1', startClientV1],
  ['SDK v2', startClientV2],
]

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
