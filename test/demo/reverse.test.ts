/** The parties of the demo through the proxy. */
import { describe, expect, test } from 'vitest'
import { runDemoClient } from '../../src/demo/client.ts'
import { demoFaults, type DemoFault } from '../../src/demo/faults.ts'
import { startDemoServers } from '../../src/demo/parties.ts'
import { startReverse } from '../../src/tap/reverse.ts'

async function play(fault: DemoFault, proxied: boolean) {
  const servers = await startDemoServers(fault)
  try {
    if (!proxied) return await runDemoClient(servers.mcpUrl, fault, () => {})
    const ignore = () => {}
    const tap = await startReverse({
      targets: [servers.mcpUrl],
      port: 0,
      emit: ignore,
      notice: ignore,
    })
    try {
      return await runDemoClient(tap.listening.urls[0]!.url, fault, () => {})
    } finally {
      await tap.stop()
    }
  } finally {
    await servers.stop()
  }
}

describe('through authtap the demo', () => {
  test.each(demoFaults.map(({ name }) => name))('%s ends as it does without', async (fault) => {
    const without = await play(fault, false)
    const within = await play(fault, true)
    expect(within.ok).toBe(without.ok)
    expect(plain(within.reason)).toBe(plain(without.reason))
  })
})

/** Without the ports, which differ from run to run. */
function plain(reason: string | undefined): string | undefined {
  return reason?.replaceAll(/(localhost|127\.0\.0\.1):\d+/g, 'here')
}
