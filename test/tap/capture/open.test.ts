import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodyText } from '../../../src/core/wire/exchange.ts'
import { toEntry } from '../../../src/core/har/write.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { UserError } from '../../../src/errors.ts'
import { type Gathered as Capture, readCapture } from '../gathered.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-har-'))
})
afterAll(() => rm(folder, { recursive: true }))

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../core/har/fixtures/${name}.har`, import.meta.url))

let count = 0
async function file(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${(count += 1)}.txt`)
  await writeFile(path, content)
  return path
}

async function refusal(path: string): Promise<UserError> {
  const error: unknown = await readCapture(path).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  expect((error as UserError).code).toBe('ECAPTURE')
  expect((error as UserError).message).toMatch(/^[^\n]* cannot be read: [^\n]*\.$/)
  expect((error as UserError).hint).not.toBe('')
  return error as UserError
}

/** Reads what comes over standard input. */
async function fromStandardInput(chunks: Iterable<Buffer> | Readable): Promise<Capture> {
  const own = Object.getOwnPropertyDescriptor(process, 'stdin')!
  Object.defineProperty(process, 'stdin', { value: Readable.from(chunks), configurable: true })
  try {
    return await readCapture('-')
  } finally {
    Object.defineProperty(process, 'stdin', own)
  }
}

const urls = ({ exchanges }: Capture): string[] => exchanges.map(({ request }) => request.url)
const entry = (url: string, seconds: number, more: object = {}): object => ({
  startedDateTime: new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString(),
  time: 1,
  request: { method: 'GET', url, headers: [] },
  response: { status: 200, headers: [], content: {} },
  ...more,
})
const har = (entries: readonly object[], more: object = {}): string =>
  JSON.stringify({ log: { version: '1.2', creator: { name: 'x' }, entries, ...more } })

describe('a HAR file', () => {
  test.each([
    ['chrome', 3],
    ['firefox', 3],
    ['safari', 1],
    ['mitmproxy', 2],
    ['charles', 1],
    ['fiddler', 2],
    ['http-toolkit', 1],
    ['proxyman', 1],
    ['slack', 1],
  ])('of %s is read whole', async (name, exchanges) => {
    const capture = await readCapture(fixture(name))
    expect(capture).toMatchObject({ complete: true, authtap: undefined, problems: [] })
    expect(capture.exchanges).toHaveLength(exchanges)
    expect(capture.exchanges.some((exchange) => exchange.missing)).toBe(false)
  })

  test('without the fields that Chrome leaves out says so on every exchange', async () => {
    const { exchanges, problems } = await readCapture(fixture('chrome-sanitised'))
    expect(exchanges.map(({ missing }) => missing)).toEqual(
      Array(3).fill(['authorization', 'cookie', 'set-cookie']),
    )
    expect(problems).toEqual([expect.stringContaining('exported without sensitive data')])
  })

  test('is put in the order of time, and entries of one time stay as they were', async () => {
    const entries = [entry('https://b/', 2), entry('https://a/', 1), entry('https://c/', 2)]
    const undated = entry('https://d/', 0, { startedDateTime: undefined })
    const capture = await readCapture(
      await file(har([...entries, undated, entry('https://e/', 1)])),
    )
    expect(urls(capture)).toEqual([
      'https://a/',
      'https://e/',
      'https://b/',
      'https://c/',
      'https://d/',
    ])
    expect(capture.exchanges.map(({ id }) => id)).toEqual(['2', '5', '1', '3', '4'])
  })

  test('of our own keeps its ids and brings its report, wherever that stands', async () => {
    const exchange = { ...parseTranscript('> GET https://a/')[0]!, id: 'x9' }
    const entries = [toEntry(exchange, {})]
    const authtap = { schema: 'authtap.har/1', redacted: true, labels: { a: {} } }
    for (const text of [
      har(entries, { _authtap: authtap }),
      JSON.stringify({ log: { _authtap: authtap, entries } }),
    ]) {
      const capture = await readCapture(await file(text), { prefix: '2.' })
      expect(capture.exchanges.map(({ id }) => id)).toEqual(['2.x9'])
      expect(capture.authtap).toEqual(authtap)
    }
  })

  test('that is cut off gives what is whole, and says that it is not', async () => {
    const text = har([entry('https://a/', 1), entry('https://b/', 2)])
    const path = await file(text.slice(0, -60))
    const capture = await readCapture(path)
    expect(urls(capture)).toEqual(['https://a/'])
    expect(capture.complete).toBe(false)
    expect(capture.problems).toEqual([expect.stringContaining(`${path} is cut off or damaged`)])
  })

  test('with something behind it is read, and is not complete', async () => {
    const capture = await readCapture(await file(`${har([entry('https://a/', 1)])}\n{"log":`))
    expect(urls(capture)).toEqual(['https://a/'])
    expect(capture.complete).toBe(false)
  })

  test('with a damaged entry loses that entry only', async () => {
    const text = har([entry('https://a/', 1), entry('https://b/', 2)])
    const capture = await readCapture(await file(text.replace('"time":1,', '"time":,')))
    expect(urls(capture)).toEqual(['https://b/'])
    expect(capture.exchanges[0]!.id).toBe('2')
    expect(capture).toMatchObject({
      complete: false,
      problems: [expect.stringContaining('1 entries are damaged')],
    })
  })

  test('without entries is empty, not wrong', async () => {
    const capture = await readCapture(await file(har([])))
    expect(capture).toMatchObject({ exchanges: [], complete: true, problems: [] })
  })

  test('is the same however it arrives', async () => {
    const text = await readFile(fixture('fiddler'))
    const bytes = await fromStandardInput([...text].map((byte) => Buffer.from([byte])))
    expect(bytes).toEqual(await readCapture(fixture('fiddler')))
    const blanks = await fromStandardInput([
      Buffer.from('\ufeff\n'),
      Buffer.alloc(100_000, ' '),
      text.subarray(3),
    ])
    expect(blanks).toEqual(bytes)
  })

  test('over a pipe that breaks is worth what came before', async () => {
    const text = Buffer.from(har([entry('https://a/', 1), entry('https://b/', 2)]))
    const broken = Readable.from(
      (function* () {
        yield text.subarray(0, text.length - 60)
        throw Object.assign(new Error('read EIO'), { code: 'EIO', syscall: 'read' })
      })(),
    )
    const capture = await fromStandardInput(broken)
    expect(urls(capture)).toEqual(['https://a/'])
    expect(capture.complete).toBe(false)
  })

  test('takes no more memory than what is kept of it', async () => {
    const filler = Buffer.from(
      `{"request":{"url":"data:,"},"response":{"content":{"text":"${'x'.repeat(1_000_000)}"}}},`,
    )
    const before = process.memoryUsage().rss
    let peak = before
    const capture = await fromStandardInput(
      Readable.from(
        (function* () {
          yield Buffer.from('{"log":{"entries":[')
          for (let megabytes = 0; megabytes < 400; megabytes += 1) {
            yield filler
            peak = Math.max(peak, process.memoryUsage().rss)
          }
          yield Buffer.from('{}]}}')
        })(),
      ),
    )
    expect(capture).toMatchObject({ exchanges: [], complete: true })
    expect((peak - before) / 1e6).toBeLessThan(200)
  })
})

describe('a transcript', () => {
  test('is told from HAR by its content', async () => {
    const path = await file('\ufeff\n> GET https://a/\n\n< HTTP/1.1 200 OK\n\nhello\n')
    const capture = await readCapture(path, { prefix: '1.' })
    expect(capture).toMatchObject({ complete: true, authtap: undefined, problems: [] })
    expect(capture.exchanges[0]).toMatchObject({ id: '1.1', source: 'transcript' })
    expect(bodyText(capture.exchanges[0]!.response!)).toBe('hello')
  })

  test('comes over standard input as well', async () => {
    expect(urls(await fromStandardInput([Buffer.from('> GET https://a/')]))).toEqual(['https://a/'])
  })

  test('that cannot be read is refused with its line', async () => {
    const error = await refusal(await file('> GET https://a/\nnonsense\n'))
    expect(error.message).toContain('line 2 is wrong')
  })
})

describe('what is no capture is refused in one sentence:', () => {
  test('no such file', async () => {
    const path = join(folder, 'none')
    expect((await refusal(path)).message).toBe(`${path} cannot be read: there is no such file.`)
  })

  test('a folder', async () => {
    await mkdir(join(folder, 'sub'), { recursive: true })
    expect((await refusal(join(folder, 'sub'))).message).toContain('it is a folder')
  })

  test.each([
    ['nothing', '', 'it is empty'],
    ['blanks', ' \n\t ', 'it is empty'],
    ['a byte order mark alone', '\ufeff', 'it is empty'],
    ['UTF-16 with its mark', Buffer.from('\ufeff{"log":{}}', 'utf16le'), 'it is in UTF-16'],
    ['UTF-16 without', Buffer.from('{"log":{}}', 'utf16le'), 'it is in UTF-16'],
    ['UTF-16, big end first', Buffer.from('\ufeff{}', 'utf16le').swap16(), 'it is in UTF-16'],
    ['a compressed file', gzipSync('{}'), 'it is compressed'],
    ['an archive', Buffer.from('PK\u0003\u0004more and more'), 'it is a ZIP archive'],
    ['a program', Buffer.from('\u007fELF\u0000\u0001\u0001\u0000'), 'it is binary'],
    ['other JSON', '{"log":{"pages":[]}}', 'it is JSON without the list log.entries'],
    ['a list', '[{"log":{"entries":[]}}]', 'it is JSON without the list log.entries'],
    ['half of a head', '{"log":{"version":"1.2","pages":[', 'before the list log.entries begins'],
    ['prose', 'Dear reader,', 'line 1 is wrong'],
  ])('%s', async (_, content, reason) => {
    expect((await refusal(await file(content))).message).toContain(reason)
  })
})

test('a file is left as it was', async () => {
  const path = join(folder, 'copy.har')
  await copyFile(fixture('charles'), path)
  await readCapture(path)
  expect(await readFile(path)).toEqual(await readFile(fixture('charles')))
})
