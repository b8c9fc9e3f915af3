import { describe, expect, test } from 'vitest'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { StartClient } from '../peers/client.ts'
import { direct } from '../peers/play.ts'
import { type Placement, placements, startSdkServer } from './sdk-server.ts'
import { alarms, judgedVisit, visit } from './visit.ts'

const clients: [string, StartClient][] = [
  ['v1', startClientV1],
  ['v2', startClientV2],
]

/** A server without metadata still works with these clients, whose revision asks for what it lacks. */
const warnings: Partial<Record<Placement, readonly string[]>> = {
  'without any metadata, as in 2025-03-26': [
    'audience/resource-param-missing client',
    'challenge/resource-metadata-missing resource-server',
    'discovery/asm-missing authorization-server',
    'discovery/prm-missing resource-server',
  ],
}

describe.each(placements)('the authorization server of SDK v1 %s', (placement) => {
  const startServer = () => startSdkServer(placement)

  test.each(clients)('serves a client of SDK %s', async (_version, startClient) => {
    expect((await visit(startServer, startClient, direct)).answer).toBe('hello')
  })

  test.each(clients)(
    'cannot tell whether a client of SDK %s comes through authtap, which finds no fault that is none',
    async (_version, startClient) => {
      const before = await visit(startServer, startClient, direct)
      const after = await judgedVisit(startServer, startClient)
      expect(after.visit).toEqual(before)
      expect(alarms(after.report)).toEqual([])
      const warned = after.report.findings.filter(({ severity }) => severity === 'warning')
      expect(warned.map(({ rule, fault }) => `${rule} ${fault}`).sort()).toEqual(
        warnings[placement] ?? [],
      )
      expect(after.report.flows.map(({ outcome }) => outcome)).toEqual(['authorized'])
    },
  )
})
