import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { parseOptions } from '../../src/shell/arguments.ts'
import { openJudging } from '../../src/shell/judging.ts'
import type { Sink } from '../../src/telling.ts'
import { loginTranscript } from '../core/login.ts'
import { context } from '../sink/report/judged.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-judging-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Judges a healthy login with one more sink; gives the exit code and what went to the output. */
async function judged(more: readonly Sink[]) {
  const output = join(folder, 'out.ndjson')
  const options = parseOptions(
    ['--format', 'ndjson', '--output', output, '--log-level', 'silent'],
    ['judging', 'rules', 'deciding', 'watching', 'general'],
  )
  const judging = await openJudging(context, options, {
    targets: [],
    live: false,
    more: () => more,
  })
  for (const exchange of parseTranscript(loginTranscript())) judging.take(exchange)
  const { code, report } = await judging.finish()
  return { code, report, text: await readFile(output, 'utf8') }
}

test('a bug in a sink is told once and ends with 70, and everything else is done', async () => {
  const breaking: Sink = {
    name: 'The breaking one',
    event: () => {
      throw new TypeError('geheim')
    },
  }
  const { code, report, text } = await judged([breaking])
  expect(code).toBe(70)
  expect(report).toMatchObject({ verdict: 'pass', capture: { complete: true } })
  expect(text.match(/The breaking one failed \(TypeError/g)).toHaveLength(1)
  expect(text).not.toContain('geheim')
  expect(text.match(/"type":"exchange"/g)!.length).toBeGreaterThanOrEqual(8)
  expect(text).toContain('"type":"report"')
})

test('without one the exit code is that of the verdict', async () => {
  const { code } = await judged([])
  expect(code).toBe(0)
})
