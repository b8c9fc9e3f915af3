import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const fuzz = fileURLToPath(new URL('fuzz.mjs', import.meta.url))

/** The short form of `npm run fuzz`: the same inputs each time. */
test('sixty broken inputs break nothing', async () => {
  const { code, stdout } = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
    execFile(
      process.execPath,
      [fuzz, '--inputs', '60', '--seed', '20251125'],
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout: stdout + stderr }),
    )
  })
  expect(stdout).toMatch(/nothing broke/)
  expect(code).toBe(0)
}, 300_000)
