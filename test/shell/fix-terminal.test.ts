import { expect, test } from 'vitest'
import { leaveSequence } from '../../src/tui/term/term.ts'
import { run } from '../command.ts'

test('--fix-terminal gives a terminal back what the UI could not when it was killed', async () => {
  const { stdout, stderr, code } = await run(['--fix-terminal'])
  expect([stdout, stderr, code]).toEqual([leaveSequence, '', 0])
  expect(stdout).toContain('\x1b[?1049l')
})
