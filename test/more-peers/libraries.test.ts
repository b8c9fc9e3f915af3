import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { direct } from '../peers/play.ts'
import { startAiSdk } from './ai-sdk.ts'
import { startBetterAuthServer } from './better-auth-server.ts'
import type { Peer } from './peer.ts'
import { startSdkServer } from './sdk-server.ts'
import { alarms, judgedVisit, visit } from './visit.ts'
import { startWorkersServer } from './workers-server.ts'

const servers: [string, () => Promise<Peer>][] = [
  ['the SDK', () => startSdkServer('on an origin of its own')],
  ['better-auth', startBetterAuthServer],
  ['workers-oauth-provider', startWorkersServer],
]
const clients: [string, StartClient][] = [
  ['SDK v1', startClientV1],
  ['SDK v2', startClientV2],
  ['the AI SDK', startAiSdk],
]

describe.each(servers)('a server made with %s', (_library, startServer) => {
  test.each(clients)('serves a client made with %s', async (_name, startClient) => {
    expect((await visit(startServer, startClient, direct)).answer).toBe('hello')
  })

  test.each(clients)(
    'cannot tell whether a client made with %s comes through authtap, which finds no fault',
    async (_name, startClient) => {
      const before = await visit(startServer, startClient, direct)
      const after = await judgedVisit(startServer, startClient)
      expect(after.visit).toEqual(before)
      expect(alarms(after.report)).toEqual([])
      expect(after.report.flows.map(({ outcome }) => outcome)).toContain('authorized')
    },
  )
})
