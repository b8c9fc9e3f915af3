import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { direct } from '../peers/play.ts'
import { placements, startSdkServer } from './sdk-server.ts'
import { alarms, judgedVisit, visit } from './visit.ts'

const clients: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]

describe.each(placements)('the authorization server of SDK v1 %s', (placement) => {
  const startServer = () => startSdkServer(placement)

  test.each(clients)('serves a client of SDK %s', async (_version, startClient) => {
    expect((await visit(startServer, startClient, direct)).answer).toBe('hello')
  })

  test.each(clients)(
    'cannot tell whether a client of SDK %s comes through authtap, which finds no fault',
    async (_version, startClient) => {
      const before = await visit(startServer, startClient, direct)
      const after = await judgedVisit(startServer, startClient)
      expect(after.visit).toEqual(before)
      expect(alarms(after.report)).toEqual([])
      expect(after.report.flows.map(({ outcome }) => outcome)).toContain('authorized')
    },
  )
})
