import { describe, expect, test } from 'vitest'
import { judge } from '../more-peers/judgement.ts'
import { throughAuthtap } from '../more-peers/through.ts'
import { cases } from './cases.ts'
import type { Case } from './cases.ts'
import { runClient } from './client.ts'
import { named } from './recording.ts'
import type { Received } from './recording.ts'
import { startServers } from './servers.ts'

interface Run {
  readonly ending: string
  readonly received: readonly Received[]
}

async function direct({ fault, behaviour }: Case): Promise<Run> {
  const servers = await startServers(behaviour)
  try {
    const { ending, host } = await runClient(servers.url, fault)
    const names = new Map([...servers.names, [host, '{client}']])
    return { ending, received: named(servers.received(), names) }
  } finally {
    await servers.close()
  }
}

async function proxied({ fault, behaviour }: Case): Promise<Run> {
  const servers = await startServers(behaviour)
  const authtap = await throughAuthtap(servers.url)
  try {
    const { ending, host } = await runClient(authtap.url, fault)
    const relay = `127.0.0.1:${authtap.relayPort}`
    const names = new Map([...servers.names, [host, '{client}'], [relay, '{client}']])
    const local = new URL(authtap.url).host
    const leaks = servers.received().filter(({ raw }) => decodeURIComponent(raw).includes(local))
    expect(leaks).toEqual([])
    return { ending, received: named(servers.received(), names) }
  } finally {
    await authtap.stop()
    await servers.close()
  }
}

/** The client's redirect URI and its relayed twin carry the same name: said once, as the client says it. */
function once(log: readonly Received[]): Received[] {
  const merge = (text: string) => text.replace(/\["([^"]+)","\1"\]/, '["$1"]')
  return log.map((request) => ({
    ...request,
    params: request.params.map(([name, value]) => [name, merge(value)] as const),
    raw: merge(request.raw),
  }))
}

/** A client that sends no state is told from others by one that authtap adds, and takes out of the answer again. */
function withoutState(log: readonly Received[]): Received[] {
  return log.map((request) => ({
    ...request,
    params: request.params.filter(([name]) => name !== 'state'),
    raw: request.raw.replace(/&state=[^&\n]*$/m, ''),
  }))
}

describe.each(cases)('a client that has this fault: $fault $behaviour', (one) => {
  test('shows it to the servers, and ends as it must', async () => {
    const { ending, received } = await direct(one)
    expect(ending).toBe(one.ends)
    expect(one.shows(received)).toBe(true)
  })

  test('looks the same to the servers through authtap, and ends the same', async () => {
    const [before, after] = [await direct(one), await proxied(one)]
    expect(after.ending).toBe(before.ending)
    const received = once(after.received)
    const stateless = one.fault === 'skips state'
    expect(stateless ? withoutState(received) : received).toEqual(before.received)
  })
})

test('the comparison tells a client with a fault from one without', async () => {
  const [healthy, faulty] = [await direct(cases[0]!), await direct(cases[1]!)]
  expect(faulty.received).not.toEqual(healthy.received)
})

test.each([
  ['another', 'state-altered'],
  ['absent', 'state-missing'],
] as const)('a server that sends back %s state is found out', async (state, variant) => {
  const servers = await startServers({ state })
  const authtap = await throughAuthtap(servers.url)
  try {
    await runClient(authtap.url, 'none')
  } finally {
    await authtap.stop()
    await servers.close()
  }
  const { verdict, firstBroken, findings } = await judge(authtap.exchanges(), servers.url)
  expect(verdict).toBe('fail')
  expect(firstBroken).toMatchObject({ step: 'callback', fault: 'authorization-server' })
  expect(findings.find(({ id }) => id === firstBroken?.finding)).toMatchObject({
    rule: 'authorization/response-malformed',
    variant,
  })
})
