import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const soak = fileURLToPath(new URL('soak.mjs', import.meta.url))

/** The short form of `npm run soak`: one session of each kind. */
test('a few seconds of load leave nothing behind', async () => {
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(
      process.execPath,
      [soak, '--seconds', '6', '--clients', '10', '--seed', '20251125'],
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout: stdout + stderr }),
    )
  })
  expect(stdout).toMatch(/nothing was found/)
  expect(code).toBe(0)
}, 300_000)
