import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toEntry } from '../../../src/core/har/write.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { UserError } from '../../../src/errors.ts'
import { type Gathered as Capture, readCapture } from '../gathered.ts'
import { summarizeJournal } from '../../../src/tap/capture/journal.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-journal-'))
})
afterAll(() => rm(folder, { recursive: true }))

let count = 0
async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${(count += 1)}.ndjson`)
  await writeFile(path, content)
  return path
}

const head = {
  schema: 'authtap.journal/1',
  tool: { name: 'authtap', version: '1' },
  targets: ['https://mcp.example/mcp'],
  startedAt: '2026-01-01T00:00:00.000Z',
  redacted: true,
}
const finding = {
  id: 'f1',
  rule: 'pkce/verifier-mismatch',
  severity: 'error',
  fault: 'client',
  title: 't',
  message: 'm',
  why: 'w',
  remedy: 'r',
  flow: 'w1',
  spec: [],
  evidence: [],
}
const report = { schema: 'authtap.report/1', verdict: 'fail', findings: [finding] }
const label = `‹code_verifier:${'0a'.repeat(8)}›`

function exchangeLine(id: string, second: number, body = 'ü'): object {
  const [exchange] = parseTranscript(`
    > GET https://mcp.example/${id}

    < HTTP/1.1 200 OK
    < Content-Type: text/plain

    ${body}
  `)
  const at = { ...exchange!, id, startedAt: Date.UTC(2026, 0, 1, 0, 0, second) }
  return { id, entry: toEntry(at, {}) }
}

const text = (...lines: readonly (object | string)[]): string =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('')
const read = async (...lines: readonly (object | string)[]): Promise<Capture> =>
  readCapture(await file(text(...lines)))
const idsOf = ({ exchanges }: Pick<Capture, 'exchanges'>) => exchanges.map(({ id }) => id)
const findingsOf = ({ authtap }: Capture) =>
  (authtap?.['report'] as { findings: readonly { id: string }[] }).findings.map(({ id }) => id)

async function refusal(...lines: readonly (object | string)[]): Promise<string> {
  const error: unknown = await read(...lines).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  expect((error as UserError).code).toBe('ECAPTURE')
  return (error as UserError).message
}

describe('a journal', () => {
  test('is told by its first line, and read whole', async () => {
    const capture = await read(
      head,
      { labels: { [label]: { kind: 'code_verifier', length: 43, s256: 'x' } } },
      exchangeLine('2', 2),
      exchangeLine('1', 1),
      { report },
    )
    expect(capture).toMatchObject({ complete: true, problems: [] })
    expect(idsOf(capture)).toEqual(['1', '2'])
    expect(capture.authtap).toEqual({
      schema: 'authtap.journal/1',
      targets: ['https://mcp.example/mcp'],
      labels: { [label]: { kind: 'code_verifier', length: 43, s256: 'x' } },
      report,
    })
  })

  test('is read from standard input, whatever pieces it comes in', async () => {
    const bytes = Buffer.from(text(head, exchangeLine('1', 1), { report }))
    for (const size of [1, 7, 64]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      )
      const own = Object.getOwnPropertyDescriptor(process, 'stdin')!
      Object.defineProperty(process, 'stdin', { value: Readable.from(pieces), configurable: true })
      try {
        const capture = await readCapture('-')
        expect(capture).toMatchObject({ complete: true, problems: [] })
        expect(idsOf(capture)).toEqual(['1'])
      } finally {
        Object.defineProperty(process, 'stdin', own)
      }
    }
  })

  test('gives ids a prefix where several captures form one session', async () => {
    const path = await file(text(head, exchangeLine('1', 1), exchangeLine('1', 1), { report }))
    expect(idsOf(await readCapture(path, { prefix: '2.' }))).toEqual(['2.1'])
  })

  test('counts the last version of an exchange', async () => {
    const { exchanges } = await read(
      head,
      exchangeLine('1', 1, 'short'),
      exchangeLine('2', 2),
      exchangeLine('1', 1, 'longer'),
      { report },
    )
    expect(exchanges.map(({ response }) => Buffer.from(response!.body.bytes).toString())).toEqual([
      'longer',
      'ü',
    ])
  })

  test('without a report still has the findings that stood in the end', async () => {
    const capture = await read(
      head,
      { finding },
      { finding: { ...finding, id: 'f2' } },
      exchangeLine('1', 1),
      { withdrawn: 'f1' },
    )
    expect(findingsOf(capture)).toEqual(['f2'])
    expect(capture).toMatchObject({
      complete: false,
      problems: [expect.stringContaining('still runs or was cut short')],
    })
  })

  test('passes over lines of a kind that it does not know', async () => {
    expect(await read(head, { novelty: 1 }, exchangeLine('1', 1), { report })).toMatchObject({
      complete: true,
    })
  })

  test('is incomplete when its writer lost lines', async () => {
    expect(await read(head, { lost: 3 }, { report })).toMatchObject({
      complete: false,
      problems: [expect.stringContaining('3 lines were not written')],
    })
  })
})

describe('a damaged journal', () => {
  const lines = [head, exchangeLine('1', 1), { finding }, exchangeLine('2', 2), { report }]
  const whole = Buffer.from(text(...lines))
  const sizeOf = (some: readonly object[]) => Buffer.byteLength(text(...some))

  test('cut anywhere gives every line before the cut, and is complete only when nothing is lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: sizeOf([head]), max: whole.length }), async (cut) => {
        const kept = whole.subarray(0, cut)
        const capture = await readCapture(await file(kept))
        // What is missing may be the end of the line alone.
        const there = [1, 3].filter((last) => cut >= sizeOf(lines.slice(0, last + 1)) - 1)
        expect(idsOf(capture)).toEqual(['1', '2'].slice(0, there.length))
        expect(capture.complete).toBe(cut >= whole.length - 1)
        expect(capture.problems.length === 0).toBe(capture.complete)
      }),
    )
  })

  test('cut within its first line is refused with a sentence', async () => {
    expect(await refusal(JSON.stringify(head).slice(0, 60))).toContain('cut off or damaged')
  })

  test('of another version is refused with a sentence', async () => {
    expect(await refusal({ ...head, schema: 'authtap.journal/2' })).toContain('another version')
  })

  test.each<[line: object | string, what: string]>([
    ['noise', 'no JSON'],
    ['[]', 'a list'],
    [{ id: '7', entry: null }, 'no entry'],
    [{ id: '7', entry: { request: {} } }, 'an entry without a URL'],
    [{ finding: { id: 'f1' } }, 'half a finding'],
    [{ finding: { ...finding, evidence: [null] } }, 'evidence that is none'],
  ])('%j in the middle is left out and counted', async (line) => {
    const capture = await read(head, line, exchangeLine('1', 1), { report })
    expect(idsOf(capture)).toEqual(['1'])
    expect(capture).toMatchObject({
      complete: false,
      problems: [expect.stringContaining('1 line is damaged')],
    })
  })

  test('takes no label that is none, and none that is a name of every object', async () => {
    const { authtap } = await read(
      head,
      '{"labels":{"__proto__":{"kind":"x"},"constructor":{"kind":"x"},"plain":{"kind":"x"}}}',
      { labels: { [label]: 'none' } },
      '{"__proto__":{"report":{"verdict":"pass"}}}',
      { report: { ...report, findings: [{ id: 'f1' }, finding] } },
    )
    expect(authtap?.['labels']).toEqual({})
    expect(authtap?.['report']).toEqual(report)
    expect(Object.getPrototypeOf(authtap?.['labels'])).toBe(Object.prototype)
  })

  test('takes no count of lost lines that is none', async () => {
    for (const lost of [-5e-324, -3, 0, '2'])
      expect(
        (await readCapture(await file(Buffer.from(text(head, { lost }, { report }))))).complete,
      ).toBe(true)
  })

  test('never ends otherwise than in a capture or a sentence', async () => {
    const noise = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom(...lines.map((line) => JSON.stringify(line))),
      fc
        .tuple(
          fc.constantFrom('entry', 'labels', 'finding', 'withdrawn', 'lost', 'report'),
          fc.json(),
        )
        .map(([name, value]) => `{"${name}":${value}}`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { maxLength: 8 }), async (some) => {
        const bytes = Buffer.from(text(head, ...some))
        const capture = await readCapture(await file(bytes))
        expect(capture.complete || capture.problems.length > 0).toBe(true)
      }),
    )
  })
})

describe('the summary of a journal', () => {
  test('says what it is for, how many exchanges it holds and how it ended', async () => {
    const path = await file(
      text(head, exchangeLine('1', 1), exchangeLine('2', 2), exchangeLine('1', 1), { report }),
    )
    expect(await summarizeJournal(path)).toEqual({
      targets: ['https://mcp.example/mcp'],
      exchanges: 2,
      verdict: 'fail',
    })
  })

  test('of one that was cut off counts as many exchanges as can be read', async () => {
    const path = await file(text(head, exchangeLine('1', 1)))
    await appendFile(path, JSON.stringify(exchangeLine('2', 2)).slice(0, 300))
    expect(await summarizeJournal(path)).toMatchObject({ exchanges: 1, verdict: undefined })
    expect(idsOf(await readCapture(path))).toEqual(['1'])
  })

  test('of noise is empty', async () => {
    const path = await file('noise\n{"report":[]}\n{"id":"1"')
    expect(await summarizeJournal(path)).toEqual({ targets: [], exchanges: 0, verdict: undefined })
    expect((await readFile(path)).length).toBeGreaterThan(0)
  })
})
