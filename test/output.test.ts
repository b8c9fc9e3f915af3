import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Output } from '../src/output.ts'

test('what a slow reader cannot take any more is left out, and counted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-output-'))
  try {
    const path = join(folder, 'lines.ndjson')
    const out = await Output.file(path, 0o644)
    const length = 40 * 1024 * 1024
    out.write('x'.repeat(length))
    out.write('y'.repeat(length))
    out.write('z')
    await out.close()
    expect((await stat(path)).size).toBe(length + 1)
    expect(out.leftOut).toBe(1)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a text longer than what may wait for a slow reader is printed whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-output-'))
  try {
    const path = join(folder, 'report.json')
    const out = await Output.file(path, 0o644)
    const length = 65 * 1024 * 1024
    out.write('x'.repeat(length))
    await out.close()
    expect((await stat(path)).size).toBe(length)
    expect(out.leftOut).toBe(0)
  } finally {
    await rm(folder, { recursive: true })
  }
})
