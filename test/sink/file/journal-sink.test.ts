import { existsSync, readFileSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCaptures } from '../../../src/shell/captures.ts'
import type { Event } from '../../../src/core/verdict/event.ts'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { type Redactor, createRedactor } from '../../../src/core/redact/redactor.ts'
import type { Report } from '../../../src/core/verdict/report.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { runDemoClient } from '../../../src/demo/client.ts'
import { demoFaults } from '../../../src/demo/faults.ts'
import { startDemoServers } from '../../../src/demo/parties.ts'
import { loadRules } from '../../../src/rules.ts'
import { Run } from '../../../src/run.ts'
import { type JournalFile, openJournalFile } from '../../../src/sink/file/journal.ts'
import {
  type JournalOptions,
  JournalSink,
  type JournalTrouble,
} from '../../../src/sink/file/journal-sink.ts'
import { body, session, withResponse } from '../../core/flow/ordinary-session.ts'
import { readCapture } from '../../tap/gathered.ts'
import { startReverse } from '../../../src/tap/reverse.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-journal-'))
})
afterAll(() => rm(folder, { recursive: true }))

let count = 0
const fresh = (): string => join(folder, `${(count += 1)}.ndjson`)

interface Written {
  readonly path: string
  readonly sink: JournalSink
  readonly redactor: Redactor
  readonly troubles: JournalTrouble[]
}

function journal(options: Partial<JournalOptions> = {}): Written {
  const path = fresh()
  const redactor = createRedactor({ key: new Uint8Array(32) })
  const troubles: JournalTrouble[] = []
  const sink = new JournalSink({
    open: () => openJournalFile(path),
    path,
    redactor,
    targets: ['https://mcp.example/mcp'],
    startedAt: Date.UTC(2026, 0, 1),
    trouble: (trouble) => troubles.push(trouble),
    ...options,
  })
  return { path, sink, redactor, troubles }
}

/** A journal on a disk that has room for so many bytes, and then fails as the system does. */
function journalOnDiskOf(bytes: number): JournalFile {
  let left = bytes
  const take = (text: string) => {
    left -= Buffer.byteLength(text)
    if (left >= 0) return
    const message = 'ENOSPC: no space left on device, write'
    throw Object.assign(new Error(message), { code: 'ENOSPC', errno: -28, syscall: 'write' })
  }
  return { write: take, append: async (text) => take(text), removed: () => false, close: () => {} }
}

const call = (id: string, text = 'body'): Exchange => ({
  ...parseTranscript(`
    > GET https://mcp.example/page

    < HTTP/1.1 200 OK
    < Content-Type: text/plain

    ${text}
  `)[0]!,
  id,
})

function tell({ sink, redactor }: Written, exchange: Exchange): void {
  redactor.learn(exchange)
  const event: Event = {
    type: 'exchange',
    exchange: { exchange, step: { kind: 'other', summary: '', ok: true }, flow: 'w1' },
  }
  sink.event(redactEvent(event, redactor))
}

const report = { schema: 'authtap.report/1', verdict: 'pass', findings: [] } as unknown as Report

async function end({ sink, redactor }: Written): Promise<void> {
  sink.event(redactEvent({ type: 'report', report }, redactor))
  await sink.close()
}

const idsOf = ({ exchanges }: { exchanges: readonly Exchange[] }) => exchanges.map(({ id }) => id)
const linesIn = async (path: string) => (await readFile(path, 'utf8')).trimEnd().split('\n')

/** Resolves once the file holds the text: whoever writes it is not waited for. */
async function holds(path: string, text: string): Promise<void> {
  while (!(await readFile(path, 'utf8').catch(() => '')).includes(text))
    await new Promise((resolve) => setTimeout(resolve, 5))
}

const tool = { name: 'authtap', version: '0', rules: '' } as const

/** What two reports of the same traffic must agree on. */
function essence(all: Report) {
  const rules = new Map(all.findings.map(({ id, rule }) => [id, rule]))
  return {
    verdict: all.verdict,
    broken: all.firstBroken && { ...all.firstBroken, finding: rules.get(all.firstBroken.finding) },
    findings: all.findings
      .map(({ rule, variant, severity, fault, evidence }) =>
        JSON.stringify([rule, variant, severity, fault, evidence.map(({ at }) => at)]),
      )
      .sort(),
  }
}

describe('calls that tell nothing new', () => {
  test('are a short line each, and read again as what they are', async () => {
    const written = journal()
    const run = new Run({
      redactor: written.redactor,
      sinks: [written.sink],
      session: { ...(await loadRules()), tool, targets: [] },
    })
    for (const exchange of session(50, 30, odd)) run.take(exchange)
    const live = await run.finish()
    const lines = (await linesIn(written.path)).filter((line) => line.includes('"like"'))
    expect(lines.length).toBeGreaterThan(30)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(200)

    const { exchanges } = await readCapture(written.path)
    expect(exchanges).toHaveLength(live.capture.exchanges)
    const like = exchanges.filter((exchange) => exchange.like !== undefined)
    expect(like).toHaveLength(lines.length)
    const [first] = like
    expect(first!.request.body.dropped).toBeGreaterThan(50)
    expect(exchanges.find(({ id }) => id === first!.like)!.like).toBeUndefined()

    const again = new Run({
      redactor: createRedactor({ key: new Uint8Array(32) }),
      sinks: [],
      session: { ...(await loadRules()), tool, targets: [] },
    })
    for (const exchange of exchanges) again.take(exchange)
    const report = await again.finish()
    expect(essence(report)).toEqual(essence(live))
    expect(report.flows.map(({ outcome, calls }) => [outcome, calls])).toEqual(
      live.flows.map(({ outcome, calls }) => [outcome, calls]),
    )
  })
})

/** A call that the server answers with an error. */
const odd = withResponse({ status: 500, body: body('oops') })

describe('a session that is written down', () => {
  const rules = loadRules()

  async function live(fault: (typeof demoFaults)[number]['name'], sink: Written) {
    const servers = await startDemoServers(fault)
    try {
      const targets = [servers.mcpUrl]
      const run = new Run({
        redactor: sink.redactor,
        sinks: [sink.sink],
        session: { ...(await rules), tool, targets },
      })
      const tap = await startReverse({
        targets,
        port: 0,
        emit: (exchange) => run.take(exchange),
        notice: () => {},
      })
      const result = await runDemoClient(tap.listening.urls[0]!.url, fault, () => {})
      await tap.stop()
      return { result, report: await run.finish() }
    } finally {
      await servers.stop()
    }
  }

  async function judged(path: string): Promise<Report> {
    const captures = await openCaptures([path])
    const session = new Session({ ...(await rules), tool, ...captures })
    for await (const exchange of captures.exchanges()) session.ingest(exchange)
    await captures.close()
    session.settle()
    return session.report()
  }

  test.each(demoFaults.map(({ name }) => name))(
    '%s: read back, it has the verdict of the run, and so it has when its end was cut off',
    async (fault) => {
      const set = journal()
      const { report: said } = await live(fault, set)
      expect(set.troubles).toEqual([])
      expect((await readCapture(set.path)).complete).toBe(true)
      expect(essence(await judged(set.path))).toEqual(essence(said))

      const cut = fresh()
      const whole = await linesIn(set.path)
      await writeFile(cut, `${whole.slice(0, -1).join('\n')}\n${whole.at(-1)!.slice(0, 100)}`)
      expect((await readCapture(cut)).complete).toBe(false)
      expect(essence(await judged(cut))).toEqual(essence(said))
    },
  )

  test('does not hold up traffic when the disk is full, and says so once', async () => {
    const full = journal({ open: () => journalOnDiskOf(8192) })
    const { result, report: said } = await live('none', full)
    expect(result).toEqual({ ok: true })
    expect(said.verdict).toBe('pass')
    expect(full.troubles).toEqual([
      { code: 'journal-off', level: 'warning', text: expect.stringContaining('ENOSPC') },
    ])
  })

  test('does not hold up traffic when the folder cannot be made', async () => {
    const file = fresh()
    await writeFile(file, '')
    const path = join(file, 'sessions', 'x.ndjson')
    const nowhere = journal({ open: () => openJournalFile(path) })
    const { result } = await live('none', nowhere)
    expect(result).toEqual({ ok: true })
    expect(nowhere.troubles).toEqual([
      { code: 'journal-off', level: 'warning', text: expect.stringContaining('ENOTDIR') },
    ])
  })
})

describe('the file', () => {
  test('is for its owner alone, and so is the folder that was made for it', async () => {
    const path = join(folder, 'state', 'sessions', 'x.ndjson')
    const set = journal({ open: () => openJournalFile(path) })
    tell(set, call('1'))
    await end(set)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
    expect((await stat(join(path, '..', '..'))).mode & 0o777).toBe(0o700)
  })

  test('is never one that was there before', async () => {
    const set = journal()
    await appendFile(set.path, 'kept')
    tell(set, call('1'))
    await end(set)
    expect(await readFile(set.path, 'utf8')).toBe('kept')
    expect(set.troubles.map(({ text }) => text)).toEqual([expect.stringContaining('EEXIST')])
  })

  test('holds what was told in a turn of the event loop when that turn is over, from the first', async () => {
    const set = journal()
    for (const id of ['1', '2', '3']) {
      tell(set, call(id))
      expect(existsSync(set.path)).toBe(id !== '1')
      // No turn of the event loop in between: whatever kills the process there finds it written.
      await Promise.resolve().then(() => undefined)
      await Promise.resolve().then(() => undefined)
      expect(readFileSync(set.path, 'utf8')).toContain(`"id":"${id}"`)
    }
    await end(set)
  })

  test('that is removed is told of once, and traffic goes on', async () => {
    const set = journal()
    tell(set, call('1'))
    await new Promise(setImmediate)
    await rm(set.path)
    const now = performance.now.bind(performance)
    performance.now = () => now() + 5000
    try {
      tell(set, call('2'))
      await new Promise(setImmediate)
      tell(set, call('3'))
      await end(set)
    } finally {
      performance.now = now
    }
    expect(existsSync(set.path)).toBe(false)
    expect(set.troubles).toEqual([
      {
        code: 'journal-off',
        level: 'warning',
        text: 'authtap no longer records this session: it cannot write the journal (its file was removed). Traffic goes on.',
      },
    ])
  })

  test('does not come about when there was no exchange', async () => {
    const set = journal()
    await end(set)
    await expect(stat(set.path)).rejects.toThrow('ENOENT')
    expect(set.troubles).toEqual([])
  })

  test('begins with what it is, and ends with the report', async () => {
    const set = journal()
    tell(set, call('1'))
    await end(set)
    const lines = await linesIn(set.path)
    expect(JSON.parse(lines[0]!)).toEqual({
      schema: 'authtap.journal/1',
      tool: { name: 'authtap', version: expect.any(String) },
      targets: ['https://mcp.example/mcp'],
      startedAt: '2026-01-01T00:00:00.000Z',
      redacted: true,
    })
    expect(JSON.parse(lines.at(-1)!)).toEqual({ report })
  })

  test('holds an exchange as soon as it has ended, before anything is closed', async () => {
    const set = journal()
    tell(set, call('1'))
    await holds(set.path, '"id":"1"')
    tell(set, call('2'))
    await holds(set.path, '"id":"2"')
    expect(idsOf(await readCapture(set.path))).toEqual(['1', '2'])
    await end(set)
  })

  test('holds everything in order, however much came at once', async () => {
    const set = journal()
    const ids = Array.from({ length: 40 }, (_, index) => String(index + 1))
    for (const id of ids) tell(set, call(id, 'x'.repeat(Number(id) % 7 === 0 ? 400_000 : 20_000)))
    await end(set)
    const capture = await readCapture(set.path)
    expect(idsOf(capture)).toEqual(ids)
    expect(capture.complete).toBe(true)
  })

  test('takes an exchange that grew after it had ended again, and the last one counts', async () => {
    const set = journal()
    tell(set, call('1', 'short'))
    tell(set, call('1', 'longer'))
    await end(set)
    const { exchanges } = await readCapture(set.path)
    expect(exchanges.map(({ response }) => String(response!.body.bytes))).toEqual([
      String(Buffer.from('longer')),
    ])
  })

  test('holds a stream that lasts as far as it went: each time it has doubled, and at the end', async () => {
    const set = journal()
    const stream = (length: number): Exchange => {
      const { endedAt, ...open } = call('1', 'x'.repeat(length))
      expect(endedAt).toBeDefined()
      return open
    }
    for (const length of [1, 2, 3, 4, 5, 6, 7, 8, 9]) tell(set, stream(length))
    await end(set)
    const entries = (await linesIn(set.path)).filter((line) => line.startsWith('{"id"'))
    expect(entries.map((line) => /"text":"(x+)"/.exec(line)![1]!.length)).toEqual([2, 4, 8, 9])
  })

  test('explains each label once, before the exchange that first has it', async () => {
    const set = journal()
    const verifier = 'v'.repeat(30) + '1'.repeat(13)
    const token = (id: string) => ({
      ...parseTranscript(`
        > POST https://as.example/token
        > Content-Type: application/x-www-form-urlencoded

        grant_type=authorization_code&code_verifier=${verifier}

        < HTTP/1.1 400 Bad Request
      `)[0]!,
      id,
    })
    tell(set, token('1'))
    await holds(set.path, '"id":"1"')
    tell(set, token('2'))
    await end(set)
    const lines = await linesIn(set.path)
    expect(lines.map((line) => /^\{"(\w+)"/.exec(line)![1])).toEqual([
      'schema',
      'labels',
      'id',
      'id',
      'report',
    ])
    expect(lines[1]).toMatch(/"s256":"[\w-]{43}"/)
    expect(lines.join('')).not.toContain(verifier)
  })
})

describe('a line that would hold a secret', () => {
  test('loses that value alone, whether it was written before or not', async () => {
    const set = journal()
    const secret = 'k9'.repeat(15)
    tell(set, call('1', 'innocent'))
    tell(set, call('2', `holds ${secret}`))
    await holds(set.path, secret)
    tell(set, call('3', `holds ${secret} too`))
    // The secret shows itself as one only after the lines were made.
    set.redactor.learn({
      ...call('4'),
      request: { ...call('4').request, headers: [['Authorization', `Bearer ${secret}`]] },
    })
    await end(set)
    const text = await readFile(set.path, 'utf8')
    expect(text).not.toContain(secret)
    const capture = await readCapture(set.path)
    expect(idsOf(capture)).toEqual(['1', '2', '3'])
    expect(capture).toMatchObject({ complete: true, problems: [] })
    expect(set.troubles).toEqual([])
  })

  test('is blanked in the head as well', async () => {
    const secret = 'q7'.repeat(15)
    const set = journal({ targets: [`https://mcp.example/mcp?access_token=${secret}`] })
    tell(set, call('1'))
    await end(set)
    expect(await readFile(set.path, 'utf8')).not.toContain(secret)
  })
})

describe('bounds', () => {
  test('a journal that has become too large ends, and still gets its report', async () => {
    const set = journal({ sizeLimit: 2000 })
    for (let id = 1; id <= 9; id += 1) {
      tell(set, call(String(id), 'x'.repeat(900)))
      if (id === 1) await holds(set.path, '"id":"1"')
      await new Promise(setImmediate)
    }
    await end(set)
    const capture = await readCapture(set.path)
    expect(capture.exchanges.length).toBeGreaterThan(0)
    expect(capture.exchanges.length).toBeLessThan(9)
    expect(capture.problems).toEqual([expect.stringContaining('not written')])
    expect(capture.authtap).toMatchObject({ report: { verdict: 'pass' } })
    expect(set.troubles.map(({ code }) => code)).toEqual(['journal-full'])
  })

  test('a disk that hangs keeps no more than so many lines waiting', async () => {
    let answer = () => {}
    const opened = new Promise<void>((resolve) => {
      answer = resolve
    })
    const path = fresh()
    const set = journal({
      waitingLimit: 5000,
      open: () => {
        const file = openJournalFile(path)
        return {
          ...file,
          write: (text) => {
            for (const end = performance.now() + 60; performance.now() < end;);
            file.write(text)
          },
          append: async (text) => {
            await opened
            await file.append(text)
          },
        }
      },
    })
    tell(set, call('1'))
    await new Promise(setImmediate)
    for (let id = 2; id <= 20; id += 1) tell(set, call(String(id), 'x'.repeat(900)))
    answer()
    await end(set)
    const { exchanges, complete, problems } = await readCapture(path)
    const lost = Number(/(\d+) lines were not written/.exec(problems[0]!)![1])
    expect(complete).toBe(false)
    expect(lost).toBeGreaterThan(0)
    expect(exchanges.length + lost).toBe(20)
  })
})
