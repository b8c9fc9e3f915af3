import { expect, test } from 'vitest'
import notStarted from '../../../rules/flow/auth-not-started.ts'
import { run } from '../run.ts'
import { call, preflight } from '../cors/browser-requests.ts'

test('a client whose browser may not ask for the metadata is not to blame for not logging in', () => {
  const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
  expect(run(notStarted, call).findings).toHaveLength(1)
  expect(run(notStarted, call + preflight(url, '403 Forbidden')).findings).toEqual([])
})
