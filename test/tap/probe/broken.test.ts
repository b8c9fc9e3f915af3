/** `authtap check --login` at servers that are broken, each in a way of its own: what broke first, and who has to act. */
import { expect, onTestFinished, test } from 'vitest'
import { browse } from '../../../src/demo/browser.ts'
import { demoFaults } from '../../../src/demo/faults.ts'
import { startDemoServers } from '../../../src/demo/parties.ts'
import { checked, faultsOf } from './checked.ts'

const login = {
  way: 'browser',
  clientId: undefined,
  clientSecret: undefined,
  clientMetadata: undefined,
  key: undefined,
  register: false,
  scope: undefined,
  waiting: 20_000,
  open: (url: string) => void browse(url),
} as const

const ofServers = demoFaults.filter(({ party }) => party !== 'client' && party !== 'none')

test('there is a way for each family of rules that shows at a server', () => {
  const families = new Set(ofServers.map(({ expects }) => expects.split('/')[0]))
  expect([...families].sort()).toEqual([
    'audience',
    'authorization',
    'challenge',
    'claims',
    'discovery',
    'flow',
    'intermediary',
    'pkce',
    'refresh',
    'registration',
    'scope',
    'token',
    'transport',
  ])
})

test.each(ofServers)('$name: $summary', async ({ name, party, expects }) => {
  const servers = await startDemoServers(name)
  onTestFinished(servers.stop)
  const { report } = await checked(servers.mcpUrl, {}, login)
  expect(faultsOf(report)[0]).toBe(`${expects}, ${party}`)
})
