import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from 'sarif'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseOptions } from '../../src/shell/arguments.ts'
import { redact, report } from '../../src/commands/report.ts'
import { recordedFindings, recordedLabels } from '../../src/shell/recorded.ts'
import type { Report } from '../../src/core/verdict/report.ts'
import { type Writing, writeWhole } from '../../src/sink/file/whole.ts'
import { formatTranscript } from '../../src/core/transcript/transcript.ts'
import { UserError } from '../../src/errors.ts'
import { flags } from '../../src/options.ts'
import { schemaFaults } from '../core/har/fixtures/schema.ts'
import { run, start } from '../command.ts'
import { crossingLogins } from '../core/flow/crossing-logins.ts'
import { loginTranscript } from '../core/login.ts'
import { LastScan } from '../../src/sink/file/last-scan.ts'
import { scanFor } from '../sink/file/scan.ts'
import { context } from '../sink/report/judged.ts'

let folder: string
let capture: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-report-'))
  capture = join(folder, 'capture.txt')
  await writeFile(
    capture,
    loginTranscript({ audience: 'https://elsewhere.example', refused: true }),
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const groups = ['report', 'output', 'rules', 'general'] as const
const make = (...argv: string[]) => report(context, parseOptions(argv, groups))
const clean = (...argv: string[]) => redact(context, parseOptions(argv, groups))

async function fault(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

const formats = flags.find(({ name, group }) => name === 'format' && group === 'report')!.choices!

describe('authtap report', () => {
  test.each(formats)(
    'writes %s, exits with 0 whatever was found, and leaves nothing beside it',
    async (format) => {
      const target = join(folder, 'out')
      expect(await make(capture, '--format', format, '--output', target)).toBe(0)
      expect((await readFile(target, 'utf8')).length).toBeGreaterThan(200)
      expect((await readdir(folder)).sort()).toEqual(['capture.txt', 'out'])
    },
  )

  test.each(formats)('%s leaves the last scan nothing to blank', async (format) => {
    const target = join(folder, 'out')
    const { stderr } = await run(['report', capture, '--format', format, '--output', target])
    expect(stderr).not.toContain('blanked')
  })

  test('says in one line what was written, and nothing where there is no file', async () => {
    const target = join(folder, 'out.md')
    const { stderr } = await run(['report', capture, '--output', target])
    expect(stderr).toContain(`${target}: FAIL, recorded 2026-01-01 12:00 UTC. `)
    expect(stderr.match(/\n/g)).toHaveLength(1)
    expect((await run(['report', capture])).stderr).toBe('')
  })

  test('tells of each exchange the flow it turned out to belong to', async () => {
    await writeFile(capture, formatTranscript(crossingLogins()))
    const target = join(folder, 'out')
    expect(await make(capture, '--format', 'har', '--output', target)).toBe(0)
    const { entries } = (
      JSON.parse(await readFile(target, 'utf8')) as {
        log: { entries: { request: { url: string }; _authtap: { id: string; flow: string } }[] }
      }
    ).log
    const flowOf = (suffix: string, part: string) =>
      entries.find(
        ({ request, _authtap: { id } }) => id.startsWith(suffix) && request.url.includes(part),
      )?._authtap.flow
    for (const suffix of ['one', 'other']) {
      const flow = flowOf(suffix, '/mcp')
      expect(
        ['/register', '/authorize', '/callback', '/token'].map((part) => flowOf(suffix, part)),
      ).toEqual(Array(4).fill(flow))
    }
    expect(flowOf('one', '/mcp')).not.toBe(flowOf('other', '/mcp'))
  })

  test.each(formats)('%s holds no token, code or verifier', async (format) => {
    const har = join(folder, 'har')
    await make(capture, '--format', 'har', '--output', har)
    const secret = 'verifier-of-x-with-enough-characters-to-be-valid'
    const target = join(folder, 'out')
    await make(capture, '--format', format, '--output', target)
    const text = await readFile(target, 'utf8')
    expect(text).not.toContain(secret)
    expect(text).not.toMatch(/eyJ[\w-]{10}/)
  })

  test('sarif names the line of the HAR file on which the exchange stands', async () => {
    const har = join(folder, 'a.har')
    const target = join(folder, 'out')
    await make(capture, '--format', 'har', '--output', har)
    await make(har, '--format', 'sarif', '--output', target)
    const { runs } = JSON.parse(await readFile(target, 'utf8')) as Log
    const lines = (await readFile(har, 'utf8')).split('\n')
    const places = runs[0]!.results!.flatMap((one) => one.locations!)
    expect(places.length).toBeGreaterThan(0)
    for (const { physicalLocation, logicalLocations } of places) {
      const id = logicalLocations![1]!.name!.replace('exchange ', '')
      expect(lines[physicalLocation!.region!.startLine! - 1]).toContain(`"_authtap":{"id":"${id}"`)
    }
  })

  test('json says what analyze says', async () => {
    const target = join(folder, 'out')
    await make(capture, '--format', 'json', '--output', target)
    const made = JSON.parse(await readFile(target, 'utf8')) as Report
    const { stdout } = await run(['analyze', capture, '--format', 'json'])
    const analyzed = JSON.parse(stdout) as Report
    expect(made.firstBroken).toEqual(analyzed.firstBroken)
    expect(made.findings.map(({ rule }) => rule)).toEqual(analyzed.findings.map(({ rule }) => rule))
  })

  test('shows of a redacted capture what it shows of the capture itself', async () => {
    await writeFile(capture, loginTranscript())
    const har = join(folder, 'a.har')
    await make(capture, '--format', 'har', '--output', har)
    const [before, after] = await Promise.all(
      [capture, har].map(async (from) => {
        const target = `${from}.json`
        await make(from, '--format', 'json', '--output', target)
        return JSON.parse(await readFile(target, 'utf8')) as Report
      }),
    )
    expect(after!.checklist).toEqual(before!.checklist)
    const leg = 'what was removed from this capture'
    expect(after!.blind).toEqual([
      ...before!.blind,
      { flow: 'w1', leg, rule: 'security/credential-exposed' },
    ])
  })

  test('takes several captures as one session', async () => {
    const second = join(folder, 'second.txt')
    await writeFile(second, loginTranscript({ suffix: 'y' }))
    const target = join(folder, 'out')
    await make(capture, second, '--format', 'json', '--output', target)
    const { capture: told } = JSON.parse(await readFile(target, 'utf8')) as Report
    expect(told.exchanges).toBeGreaterThan(16)
  })

  test('never overwrites what it reads, not even through a link', async () => {
    const link = join(folder, 'link')
    await symlink(capture, link)
    const before = await readFile(capture, 'utf8')
    for (const target of [capture, link])
      expect((await fault(make(capture, '--output', target))).code).toBe('EOUTPUT')
    expect(await readFile(capture, 'utf8')).toBe(before)
  })

  test('needs a capture, and one that is there', async () => {
    expect((await fault(make())).code).toBe('EUSAGE')
    expect((await fault(make(join(folder, 'none')))).code).toBe('ECAPTURE')
  })
})

describe('authtap report on standard output', () => {
  test('prints a comment when nothing else is asked for', async () => {
    const { code, stdout } = await run(['report', capture])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^## ❌ FAIL/)
  })

  test('reads standard input for -', async () => {
    const { code, stdout } = await run(['report', '-', '--format', 'mermaid'], {
      input: loginTranscript(),
    })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^sequenceDiagram\n/)
  })

  test('a reader that has seen enough is no failure', async () => {
    const { child, ended } = start(['report', capture, '--format', 'html'])
    child.stdout!.destroy()
    expect((await ended).code).toBe(0)
  })

  test('knows its own formats and no others', async () => {
    const { code, stderr } = await run(['report', capture, '--format', 'ndjson'])
    expect(code).toBe(2)
    expect(stderr).toContain('md, html, mermaid, har, sarif, junit, curl, json')
  })
})

describe('authtap redact', () => {
  const chrome = fileURLToPath(new URL('../core/har/fixtures/chrome.har', import.meta.url))

  test('makes any HAR file one without secrets that still proves what it proved', async () => {
    const target = join(folder, 'safe.har')
    expect(await clean(chrome, '--output', target)).toBe(0)
    const har = JSON.parse(await readFile(target, 'utf8')) as {
      log: { entries: unknown[]; _authtap: { redacted: boolean; report: Report } }
    }
    expect(schemaFaults('har', har)).toBe('')
    expect(har.log._authtap.redacted).toBe(true)
    const again = join(folder, 'again.json')
    await make(target, '--format', 'json', '--output', again)
    const { verdict, firstBroken } = JSON.parse(await readFile(again, 'utf8')) as Report
    expect(verdict).toBe(har.log._authtap.report.verdict)
    expect(firstBroken?.step).toBe(har.log._authtap.report.firstBroken?.step)
  })

  test('redacting what is redacted keeps every label', async () => {
    const once = join(folder, 'once.har')
    const twice = join(folder, 'twice.har')
    await clean(capture, '--output', once)
    await clean(once, '--output', twice)
    const labels = async (path: string) =>
      [...new Set((await readFile(path, 'utf8')).match(/‹[a-z_]+:[0-9a-f]{16}›/g))].sort()
    expect((await labels(once)).length).toBeGreaterThan(3)
    expect(await labels(twice)).toEqual(await labels(once))
  })

  test('learns what is secret before it writes: an early mention of a late token is a label too', async () => {
    const early = join(folder, 'early.txt')
    const token = 'opaque'.repeat(4)
    await writeFile(
      early,
      `> GET https://mcp.example/page\n\n< HTTP/1.1 200 OK\n< content-type: text/plain\n\nhere is ${token} for you\n\n` +
        `> POST https://as.example/token\n> content-type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials\n\n` +
        `< HTTP/1.1 200 OK\n< content-type: application/json\n\n{"access_token":"${token}","token_type":"Bearer"}\n`,
    )
    const target = join(folder, 'out')
    expect(await clean(early, '--output', target)).toBe(0)
    const text = await readFile(target, 'utf8')
    expect(text).not.toContain(token)
    expect(text).toMatch(/here is ‹access_token:/)
  })

  test('takes one file', async () => {
    expect((await fault(clean(capture, capture))).code).toBe('EUSAGE')
  })
})

describe('a file that is written whole', () => {
  const plain: Writing = { inputs: [], scan: scanFor([]), stopped: () => false }

  test('stands in its place when all pieces came, and a link stays a link', async () => {
    const target = join(folder, 'target')
    const link = join(folder, 'link')
    await writeFile(target, 'old')
    await symlink(target, link)
    expect(await writeWhole(link, () => ['a', 'b'], plain)).toBe(true)
    expect(await readFile(target, 'utf8')).toBe('ab')
    expect((await readdir(folder)).sort()).toEqual(['capture.txt', 'link', 'target'])
  })

  test('stays as it was when asked to stop, or when a piece fails', async () => {
    const target = join(folder, 'target')
    await writeFile(target, 'old')
    expect(await writeWhole(target, () => ['a'], { ...plain, stopped: () => true })).toBe(false)
    const failing = function* () {
      yield 'a'
      throw new RangeError('no more')
    }
    await expect(writeWhole(target, failing, plain)).rejects.toThrow('no more')
    expect(await readFile(target, 'utf8')).toBe('old')
    expect((await readdir(folder)).sort()).toEqual(['capture.txt', 'target'])
  })

  test('a device is written to and not replaced', async () => {
    expect(await writeWhole('/dev/null', () => ['a'], plain)).toBe(true)
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  test('a folder that is not there is said to be so', async () => {
    const error = await fault(writeWhole(join(folder, 'none', 'out'), () => ['a'], plain))
    expect(error.message).toContain('ENOENT')
  })

  test('loses a secret in a piece, also one that is known as such only later', async () => {
    const target = join(folder, 'target')
    const secrets = new Set(['hidden'])
    const scan = scanFor(secrets)
    await writeWhole(target, () => ['a\n', 'hidden\n'], { ...plain, scan })
    expect(await readFile(target, 'utf8')).toBe('a\n‹token:0123456789abcdef›\n')
    expect(scan.told('target')).toContain('1 value (1 × token)')
    const learning = function* () {
      // Batches are looked through one by one: this one goes out before.
      yield `late ${'x'.repeat(2_000_000)}\n`
      secrets.add('late')
      yield 'b\n'
    }
    await writeWhole(target, learning, { ...plain, scan })
    expect(await readFile(target, 'utf8')).not.toContain('late')
    expect((await readdir(folder)).sort()).toEqual(['capture.txt', 'target'])
  })

  test('stays as it was where a secret cannot be blanked', async () => {
    const target = join(folder, 'target')
    await writeFile(target, 'old')
    const leaks = (text: string) => (text.includes('hidden') ? 'token' : undefined)
    const scan = new LastScan({ known: 0, leaks, blank: (text) => ({ text, kinds: [] }) })
    const error = await fault(writeWhole(target, () => ['hidden'], { ...plain, scan }))
    expect(error.code).toBe('ELEAK')
    expect(await readFile(target, 'utf8')).toBe('old')
    expect((await readdir(folder)).sort()).toEqual(['capture.txt', 'target'])
  })
})

describe('what a capture claims to have recorded', () => {
  const finding = {
    id: 'f1',
    rule: 'pkce/verifier-mismatch',
    severity: 'error',
    confidence: 'certain',
    basis: 'observed',
    fault: 'client',
    title: 't',
    message: 'm',
    why: 'w',
    remedy: 'r',
    flow: 'w1',
    causedBy: null,
    spec: [{ ref: 'RFC 7636 §4.6', url: 'javascript:alert(1)' }],
    evidence: [{ exchange: '1', at: 'request.form.code_verifier', text: '' }],
  }

  test('is taken when it has the shape of a finding, with links made anew', () => {
    const [read] = recordedFindings({ findings: [finding] })
    expect(read).toMatchObject({ rule: 'pkce/verifier-mismatch', basis: 'recorded' })
    expect(read!.spec).toEqual([
      { ref: 'RFC 7636 §4.6', url: 'https://www.rfc-editor.org/rfc/rfc7636#section-4.6' },
    ])
  })

  test.each([
    ['no object', 'text'],
    ['a severity of its own', { ...finding, severity: '__proto__' }],
    ['a party of its own', { ...finding, fault: 'constructor' }],
    ['evidence that is none', { ...finding, evidence: [{ exchange: 1 }] }],
    ['a title that is no text', { ...finding, title: {} }],
    ['candidates that are none', { ...finding, candidates: 'x' }],
  ])('is left out with %s', (_, value) => {
    expect(recordedFindings({ findings: [value] })).toEqual([])
  })

  test('labels are taken by their shape', () => {
    const label = `‹code:${'0'.repeat(16)}›`
    const facts = { kind: 'code', length: 3 }
    expect(
      recordedLabels({ [label]: facts, other: facts, [`‹token:${'1'.repeat(16)}›`]: 'x' }),
    ).toEqual({ [label]: facts })
    expect(recordedLabels('x')).toEqual({})
  })
})
