import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Output } from '../../src/shell/output.ts'

/** Writes texts of these lengths at once, and tells what became of them. */
async function written(...lengths: readonly number[]): Promise<{ size: number; leftOut: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-output-'))
  try {
    const path = join(folder, 'output')
    const out = await Output.file(path, 0o644)
    for (const length of lengths) out.write('x'.repeat(length))
    await out.close()
    return { size: (await stat(path)).size, leftOut: out.leftOut }
  } finally {
    await rm(folder, { recursive: true })
  }
}

const million = 1024 * 1024

test('what a slow reader cannot take any more is left out, and counted', async () => {
  expect(await written(40 * million, 40 * million, 1)).toEqual({
    size: 40 * million + 1,
    leftOut: 1,
  })
})

test('a text longer than what may wait for a slow reader is printed whole', async () => {
  expect(await written(65 * million)).toEqual({ size: 65 * million, leftOut: 0 })
})
