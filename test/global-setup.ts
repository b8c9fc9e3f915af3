import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where a check guards changes it gives the same answer twice; everywhere else each run looks somewhere new. */
const seedUnderCi = 20251125

/** Before all tests: one seed for every property, and a state folder that no run before has written to. */
export default function setUp(): () => void {
  const env = process.env
  env['FAST_CHECK_SEED'] ||= String(env['CI'] ? seedUnderCi : randomInt(0x7fffffff))
  const seed = env['FAST_CHECK_SEED']
  console.log(`Property tests start from seed ${seed}; FAST_CHECK_SEED=${seed} repeats them.`)
  const state = mkdtempSync(join(tmpdir(), 'authtap-state-'))
  env['XDG_STATE_HOME'] = state
  return () => rmSync(state, { recursive: true, force: true })
}
