/** Secrets in every output of every command. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseOptions } from '../../src/shell/arguments.ts'
import { analyze } from '../../src/commands/analyze.ts'
import { redact, report } from '../../src/commands/report.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { login } from '../core/login.ts'
import { remains } from '../core/redact/redaction.ts'
import { context } from '../sink/report/judged.ts'
import { type Planted, plantedIn } from './planting.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-outputs-'))
})
afterAll(() => rm(folder, { recursive: true }))

const flows: readonly (readonly Exchange[])[] = [
  login(),
  login({ audience: 'https://elsewhere.example', refused: true }),
  login({ resource: 'https://other.example/mcp' }),
]

/** As ours write it, or as other tools do. */
function har(exchanges: readonly Exchange[], own: boolean): string {
  const entries = exchanges.map((exchange) => {
    const { _authtap, ...entry } = toEntry(exchange, {})
    return own ? { ...entry, _authtap } : entry
  })
  return JSON.stringify({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries } })
}

const reports = ['md', 'html', 'mermaid', 'har', 'sarif', 'junit', 'curl', 'json']

/** Everything that can be made of a capture file, by its name. */
async function outputsOf(path: string): Promise<Map<string, string>> {
  const outputs = new Map<string, string>()
  const told: string[] = []
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told.push(String(text))
    return true
  })
  const output = join(folder, 'output')
  const read = async (name: string, file = output) => {
    outputs.set(name, await readFile(file, 'utf8'))
    await rm(file)
  }
  try {
    const judging = ['sessions', 'judging', 'rules', 'deciding', 'watching', 'general'] as const
    const saved = join(folder, 'saved.har')
    const log = join(folder, 'log')
    for (const format of ['text', 'ndjson', 'json']) {
      const more = ['--checklist', '--har', saved, '--log-file', log, '--log-level', 'trace']
      const flags = [
        path,
        '--format',
        format,
        '--output',
        output,
        ...(format === 'ndjson' ? more : []),
      ]
      await analyze(context, parseOptions(flags, judging))
      await read(`analyze --format ${format}`)
    }
    await read('analyze --har', saved)
    await read('the log', log)
    const making = ['report', 'output', 'sessions', 'rules', 'general'] as const
    for (const format of reports) {
      await report(context, parseOptions([path, '--format', format, '--output', output], making))
      await read(`report --format ${format}`)
    }
    await redact(context, parseOptions([path, '--output', output], ['output', 'rules', 'general']))
    await read('redact')
  } finally {
    stderr.mockRestore()
  }
  outputs.set('standard error', told.join(''))
  return outputs
}

/** What is still there, in words that tell where it was and where it went. */
function leaks(outputs: ReadonlyMap<string, string>, planted: readonly Planted[]): string[] {
  return planted.flatMap(({ secret, where }) =>
    [...outputs].flatMap(([name, text]) => {
      const left = remains(text, secret)
      return left.length === 0 ? [] : [`${where} → ${name} as ${left.join(', ')}: ${secret}`]
    }),
  )
}

describe('secrets of a capture', () => {
  test('are in no output of any command, wherever they stood and however they were quoted', async () => {
    const cases = fc.sample(fc.tuple(fc.constantFrom(...flows).chain(plantedIn), fc.boolean()), {
      numRuns: 40,
    })
    let looked = 0
    for (const [{ exchanges, planted }, own] of cases) {
      const path = join(folder, 'capture.har')
      await writeFile(path, har(exchanges, own))
      const outputs = await outputsOf(path)
      expect(leaks(outputs, planted)).toEqual([])
      looked += outputs.size * planted.length
    }
    expect(looked).toBeGreaterThan(10_000)
  }, 180_000)
})
