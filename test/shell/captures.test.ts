import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseOptions } from '../../src/shell/arguments.ts'
import { Run } from '../../src/run.ts'
import { analyze } from '../../src/commands/analyze.ts'
import { openCaptures } from '../../src/shell/captures.ts'
import { Progress } from '../../src/shell/progress.ts'
import { redact } from '../../src/commands/report.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'
import { run } from '../command.ts'
import { context } from '../sink/report/judged.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-captures-'))
})
afterAll(() => rm(folder, { recursive: true }))

let count = 0
async function file(content: string): Promise<string> {
  const path = join(folder, `${(count += 1)}.har`)
  await writeFile(path, content)
  return path
}

const ended = (id: string, startedAt: number): Exchange => ({
  ...parseTranscript('> GET https://a/\n\n< HTTP/1.1 200 OK\n\nhello')[0]!,
  id,
  startedAt,
  endedAt: startedAt + 1,
})

/** A HAR file of ours, or one as other tools write them, which begin their entries otherwise. */
function har(times: readonly number[], foreign = false, space?: number): string {
  const entries = times.map((time, index) => toEntry(ended(String(index + 1), time), {}))
  const shown = foreign
    ? entries.map(({ _authtap, ...entry }) => ({ _priority: 'High', ...entry }))
    : entries
  return JSON.stringify(
    { log: { version: '1.2', creator: { name: 'x' }, entries: shown } },
    null,
    space,
  )
}

async function idsOf(paths: readonly string[]): Promise<string[]> {
  const captures = await openCaptures(paths)
  const ids: string[] = []
  for await (const { id } of captures.exchanges()) ids.push(id)
  expect(captures.outcome()).toEqual({ complete: true, problems: [] })
  await captures.close()
  return ids
}

describe('captures that form one session', () => {
  test('come in the order of time, those of one time in the order of the files', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }),
            fc.boolean(),
            fc.constantFrom(undefined, 1),
          ),
          { minLength: 1, maxLength: 4 },
        ),
        async (files) => {
          const paths: string[] = []
          for (const [times, foreign, space] of files)
            paths.push(await file(har(times, foreign, space)))
          const expected = files
            .flatMap(([times], which) =>
              times
                .map((time, index) => ({
                  id: files.length > 1 ? `${which + 1}.${index + 1}` : String(index + 1),
                  time,
                }))
                .toSorted((a, b) => a.time - b.time),
            )
            .toSorted((a, b) => a.time - b.time)
          expect(await idsOf(paths)).toEqual(expected.map(({ id }) => id))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('can be gone through again', async () => {
    const captures = await openCaptures([await file(har([2, 1, 3]))])
    for (let round = 0; round < 2; round += 1) {
      const ids: string[] = []
      for await (const { id } of captures.exchanges()) ids.push(id)
      expect(ids).toEqual(['2', '1', '3'])
    }
    await captures.close()
  })

  test('a file that shrinks while it is read is told as damaged, and the rest is read', async () => {
    const times = Array.from({ length: 4000 }, (_, index) => index)
    const path = await file(har(times))
    const captures = await openCaptures([path])
    await truncate(path, 1_500_000)
    let read = 0
    for await (const { id } of captures.exchanges()) read += Number(id !== '')
    expect(read).toBeGreaterThan(1000)
    expect(read).toBeLessThan(4000)
    const { complete, problems } = captures.outcome()
    expect(complete).toBe(false)
    expect(problems).toEqual([expect.stringContaining(`${4000 - read} entries are damaged`)])
    await captures.close()
  })
})

test('analyze leaves no line out, however large the capture and slow the disk', async () => {
  // Far more than what may wait for a reader that has stopped reading.
  const body = 'x'.repeat(200_000)
  const entries = Array.from({ length: 600 }, (_, index) => {
    const exchange = ended(String(index + 1), index)
    const bytes = Buffer.from(body)
    return toEntry(
      { ...exchange, response: { ...exchange.response!, body: { bytes, dropped: 0 } } },
      {},
    )
  })
  const path = await file(JSON.stringify({ log: { creator: { name: 'x' }, entries } }))
  const output = join(folder, 'lines.ndjson')
  const options = parseOptions(
    [path, '--format', 'ndjson', '--output', output],
    ['sessions', 'judging', 'rules', 'deciding', 'watching', 'general'],
  )
  await analyze(context, options)
  let lines = 0
  for await (const chunk of createReadStream(output))
    lines += (chunk as Buffer).toString().split('\n').length - 1
  expect(lines).toBeGreaterThanOrEqual(600 + 2)
})

test('analyze leaves no half file behind when it cannot go through the capture', async () => {
  const path = await file(har([1, 2, 3]))
  const others = await readdir(folder)
  const replay = vi.spyOn(Run.prototype, 'replay').mockRejectedValue(new Error('full'))
  const options = parseOptions(
    [path, '--format', 'json', '--output', '/dev/null', '--har', join(folder, 'half.har')],
    ['sessions', 'judging', 'rules', 'deciding', 'watching', 'general'],
  )
  await expect(analyze(context, options)).rejects.toThrow('full')
  replay.mockRestore()
  expect(await readdir(folder)).toEqual(others)
})

describe('a large capture is not gone through in silence', () => {
  const options = (...argv: string[]) =>
    parseOptions(argv, ['sessions', 'judging', 'rules', 'deciding', 'watching', 'general'])
  const counted = (doing: string) => [1, 2, 3].map((number) => `${doing}: ${number} of 3 exchanges`)

  async function saidBy(work: (path: string, output: string) => Promise<unknown>) {
    const say = vi.spyOn(Progress.prototype, 'say')
    try {
      await work(await file(har([1, 2, 3])), join(folder, 'out'))
      return say.mock.calls.map(([doing]) => doing)
    } finally {
      say.mockRestore()
    }
  }

  test('while analyze judges it', async () => {
    const said = await saidBy((path, output) =>
      analyze(context, options(path, '--format', 'json', '--output', output)),
    )
    expect(said).toEqual(['reading', ...counted('judging')])
  })

  test('while analyze looks for secrets first', async () => {
    const said = await saidBy((path, output) =>
      analyze(context, options(path, '--format', 'ndjson', '--output', output)),
    )
    expect(said).toEqual(['reading', ...counted('looking for secrets'), ...counted('judging')])
  })

  test('while it is written', async () => {
    const said = await saidBy((path, output) => {
      const argv = [path, '--format', 'har', '--output', output]
      return redact(
        context,
        parseOptions(argv, ['report', 'output', 'rules', 'deciding', 'general']),
      )
    })
    expect(said).toEqual(['reading', ...counted('judging'), 'writing', ...counted('writing')])
  })
})

test('a capture that is too much for the memory is refused with a sentence, not without a word', async () => {
  // Clients that come once and are refused, each with a large header: what is kept of them adds up.
  const entries = Array.from({ length: 4000 }, (_, index) => {
    const exchange = ended(String(index + 1), index)
    const request = { ...exchange.request, method: 'POST', url: 'https://mcp.example/mcp' }
    const trace = randomBytes(10_000).toString('hex')
    const headers: [string, string][] = [
      ['www-authenticate', 'Bearer'],
      ['x-trace', trace],
    ]
    const response = { ...exchange.response!, status: 401, headers }
    const one = { client: `c${index}`, connection: `c${index}` }
    return toEntry({ ...exchange, ...one, request, response }, {})
  })
  const path = await file(JSON.stringify({ log: { creator: { name: 'x' }, entries } }))
  const { code, stdout, stderr } = await run(['redact', path], {
    env: { NODE_OPTIONS: '--max-old-space-size=80' },
  })
  expect(stderr).toMatch(/Memory is full after \d+ exchanges.*--max-old-space-size/)
  expect(stdout).toBe('')
  expect(code).toBe(2)
})
