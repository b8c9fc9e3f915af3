import { describe, expect, test } from 'vitest'
import { RevisionEvidence, atLeast, before } from '../../../src/core/flow/revision.ts'
import type { Step } from '../../../src/core/step/step.ts'

const exchange = { request: { headers: [] } }

function initialize(claimed: string, answered?: string): Step {
  const rpc = { method: 'initialize', protocolVersion: claimed }
  const step = { kind: 'mcp', ok: true, rpc, exchange }
  return { ...step, answer: { result: true, protocolVersion: answered } } as unknown as Step
}

function metadata(version: string): Step {
  const request = { headers: [['MCP-Protocol-Version', version]] }
  return { kind: 'resource-metadata', ok: true, exchange: { request } } as unknown as Step
}

function evidence(...steps: readonly Step[]): RevisionEvidence {
  const all = new RevisionEvidence(undefined)
  for (const step of steps) all.observe(step)
  return all
}

describe('the revision', () => {
  test('is what the handshake settled on, whatever the client claimed', () => {
    const { client, server, authorizationServer } = evidence(initialize('2025-11-25', '2025-06-18'))
    expect([client, server, authorizationServer]).toEqual([
      '2025-06-18',
      '2025-06-18',
      '2025-11-25',
    ])
  })

  test('before that is the newest that the client claimed, in whatever order', () => {
    const challenge = (version: string) =>
      ({ ...initialize(version), kind: 'challenge', ok: false }) as unknown as Step
    for (const [one, other] of [
      ['2025-06-18', '2025-11-25'],
      ['2025-11-25', '2025-06-18'],
    ] as const)
      expect(evidence(challenge(one), challenge(other)).client).toBe('2025-11-25')
  })

  test('on requests for metadata is the SDK’s constant, which a claim outweighs', () => {
    expect(evidence(metadata('2025-03-26')).client).toBe('2025-03-26')
    expect(evidence(metadata('2025-11-25'), initialize('2025-06-18')).client).toBe('2025-06-18')
  })

  test('is not read from a version that nobody published', () => {
    expect(evidence(initialize('2025-01-01', '1')).client).toBeUndefined()
  })

  test('that is given is not asked about', () => {
    const given = new RevisionEvidence('2025-03-26')
    given.observe(initialize('2025-11-25', '2025-11-25'))
    expect([given.client, given.server, given.negotiated]).toEqual(Array(3).fill('2025-03-26'))
  })
})

test('an unknown revision is neither older nor at least as new', () => {
  expect([atLeast(undefined, '2025-06-18'), before(undefined, '2025-06-18')]).toEqual([
    false,
    false,
  ])
  expect([atLeast('2025-06-18', '2025-06-18'), before('2025-06-18', '2025-06-18')]).toEqual([
    true,
    false,
  ])
})
