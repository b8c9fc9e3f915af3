import { lstat, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { UserError } from '../../../src/errors.ts'
import { openHarFile } from '../../../src/sink/file/har.ts'
import { readCapture } from '../../tap/gathered.ts'
import { schemaFaults } from '../../core/har/fixtures/schema.ts'
import { scanFor } from './scan.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-sink-'))
})
afterEach(() => rm(folder, { recursive: true }))

const { exchange: safe } = createRedactor({ key: new Uint8Array(32), off: true })
const head = { version: '1.0.0', redacted: true }
const exchanges = parseTranscript(`
  > POST https://mcp.example/mcp
  > Content-Type: application/json

  {"jsonrpc":"2.0","id":1,"method":"initialize"}

  < HTTP/1.1 401 Unauthorized
  < WWW-Authenticate: Bearer
  < Set-Cookie: a=1; Expires=Thu, 01 Jan 2026 00:00:00 GMT

  # client=c2 missing=cookie
  > POST https://as.example/token?x=1
  > Content-Type: application/x-www-form-urlencoded
  > Cookie: s=1; t=2

  grant_type=authorization_code&code=${'${secret c_}'}

  < HTTP/1.1 200 OK

  \\base64:AAH/

  > GET http://localhost:3000/cb?code=1

  ! tcp ECONNREFUSED refused
`)

async function save(path: string, list: readonly Exchange[]): Promise<void> {
  const writer = await openHarFile(path, head)
  for (const exchange of list) await writer.write(safe(exchange), { step: 'other', flow: 'w1' })
  await writer.finish({ labels: {} })
}

async function fault(promise: Promise<unknown>): Promise<UserError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  return error as UserError
}

describe('a HAR file that is written', () => {
  test('is valid, and gives back what went in', async () => {
    const path = join(folder, 'out.har')
    await save(path, exchanges)
    const document = JSON.parse(await readFile(path, 'utf8')) as { log: Record<string, unknown> }
    expect(schemaFaults('har', document)).toBe('')
    expect(document.log['_authtap']).toEqual({
      schema: 'authtap.har/1',
      redacted: true,
      labels: {},
    })
    expect(document.log['creator']).toEqual({ name: 'authtap', version: '1.0.0' })
    const capture = await readCapture(path)
    expect(capture.complete).toBe(true)
    const plain = (list: readonly Exchange[]): unknown => JSON.parse(JSON.stringify(list))
    expect(plain(capture.exchanges)).toEqual(
      plain(exchanges.map((exchange) => ({ ...exchange, source: 'har' }))),
    )
  })

  test('is valid without a single entry', async () => {
    const path = join(folder, 'out.har')
    await save(path, [])
    const document: unknown = JSON.parse(await readFile(path, 'utf8'))
    expect(schemaFaults('har', document)).toBe('')
    expect((await readCapture(path)).exchanges).toEqual([])
  })

  test('grows beside its target and takes its place at the end', async () => {
    const path = join(folder, 'out.har')
    await writeFile(path, 'before')
    const writer = await openHarFile(path, head)
    await writer.write(safe(exchanges[0]!), {})
    expect((await readdir(folder)).sort()).toEqual(['out.har', `out.har.${process.pid}.part`])
    expect(await readFile(path, 'utf8')).toBe('before')
    await writer.finish({})
    expect(await readdir(folder)).toEqual(['out.har'])
    expect((await readCapture(path)).exchanges).toHaveLength(1)
  })

  test('with secrets says so and is for its owner only', async () => {
    const path = join(folder, 'out.har')
    await writeFile(path, 'before', { mode: 0o644 })
    const writer = await openHarFile(path, { version: '1', redacted: false })
    await writer.finish({})
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const { log } = JSON.parse(await readFile(path, 'utf8')) as { log: Record<string, unknown> }
    expect(log['comment']).toContain('secrets')
    expect(log['_authtap']).toMatchObject({ redacted: false })
  })

  test('is whole when nobody waits for the writes, and in order', async () => {
    const path = join(folder, 'out.har')
    const writer = await openHarFile(path, head)
    const ids = Array.from({ length: 5000 }, (_, index) => `e${index}`)
    for (const id of ids) void writer.write(safe({ ...exchanges[0]!, id }), {})
    await writer.finish({})
    const { exchanges: read } = await readCapture(path)
    expect(read.map(({ id }) => id)).toEqual(ids)
  })

  test('takes no more memory the longer it gets', async () => {
    const writer = await openHarFile(join(folder, 'out.har'), head)
    const bytes = Buffer.alloc(1_000_000, 'x')
    const request = { ...exchanges[0]!.request, body: { bytes, dropped: 0 } }
    const before = process.memoryUsage().rss
    let peak = before
    for (let megabytes = 0; megabytes < 300; megabytes += 1) {
      await writer.write(safe({ ...exchanges[0]!, request }), {})
      peak = Math.max(peak, process.memoryUsage().rss)
    }
    await writer.finish({})
    expect((peak - before) / 1e6).toBeLessThan(200)
  })
})

describe('a secret that stands where none was looked for', () => {
  const label = '‹token:0123456789abcdef›'

  test('costs its place and nothing else, in an entry and in our own facts', async () => {
    const path = join(folder, 'out.har')
    for (const where of ['initialize', 'authtap.har/1']) {
      const scan = scanFor([where])
      const writer = await openHarFile(path, head, { scan })
      for (const exchange of exchanges) await writer.write(safe(exchange), {})
      await writer.finish({})
      const text = await readFile(path, 'utf8')
      expect(text).not.toContain(where)
      expect(text).toContain(label)
      expect((await readCapture(path)).exchanges).toHaveLength(exchanges.length)
      expect(scan.told('out.har')).toMatch(/out\.har blanked \d+ values? \(\d+ × token\)/)
    }
  })

  test('is blanked also when it is known as one only after it was written', async () => {
    const path = join(folder, 'out.har')
    const secrets: string[] = []
    const writer = await openHarFile(path, head, { scan: scanFor(secrets) })
    for (const exchange of exchanges) await writer.write(safe(exchange), {})
    secrets.push('initialize')
    await writer.finish({})
    expect(await readFile(path, 'utf8')).not.toContain('initialize')
    expect((await readCapture(path)).exchanges).toHaveLength(exchanges.length)
  })

  test('costs the entry where it goes across its parts', async () => {
    const path = join(folder, 'out.har')
    const secrets = ['"method":"POST","url"']
    const writer = await openHarFile(path, head, { scan: scanFor(secrets) })
    for (const exchange of exchanges) await writer.write(safe(exchange), {})
    await writer.finish({})
    const text = await readFile(path, 'utf8')
    expect(text).not.toContain(secrets[0])
    expect(text).toContain('a secret went across the parts')
    expect((JSON.parse(text) as { log: { entries: unknown[] } }).log.entries).toHaveLength(
      exchanges.length,
    )
  })
})

describe('what is no plain file', () => {
  test('is written to where it is a device, and stays one', async () => {
    await save('/dev/null', exchanges)
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  test('is followed where it is a link, also one that points to nothing yet', async () => {
    const link = join(folder, 'link.har')
    await symlink('real.har', link)
    for (const _ of ['new', 'there already']) {
      await save(link, exchanges)
      expect((await lstat(link)).isSymbolicLink()).toBe(true)
      expect((await readCapture(join(folder, 'real.har'))).exchanges).toHaveLength(3)
    }
    expect((await readdir(folder)).sort()).toEqual(['link.har', 'real.har'])
  })
})

describe('no HAR file comes about', () => {
  test('where none can be', async () => {
    expect((await fault(openHarFile(join(folder, 'no', 'out.har'), head))).code).toBe('EOUTPUT')
    expect((await fault(openHarFile(folder, head))).code).toBe('EOUTPUT')
    expect(await readdir(folder)).toEqual([])
    await expect(stat(`${folder}.${process.pid}.part`)).rejects.toThrow('ENOENT')
  })

  test('over a file that is read at the same time, whatever its name', async () => {
    await writeFile(join(folder, 'in.har'), 'x')
    await symlink('in.har', join(folder, 'alias.har'))
    const inputs = [join(folder, 'in.har'), join(folder, 'none.har')]
    for (const name of ['in.har', 'alias.har'])
      expect((await fault(openHarFile(join(folder, name), head, { inputs }))).code).toBe('EOUTPUT')
    expect((await readdir(folder)).sort()).toEqual(['alias.har', 'in.har'])
    await (await openHarFile(join(folder, 'none.har'), head, { inputs })).discard()
  })

  test('when it is given up', async () => {
    const writer = await openHarFile(join(folder, 'out.har'), head)
    void writer.write(safe(exchanges[0]!), {})
    await writer.discard()
    expect(await readdir(folder)).toEqual([])
  })
})

test('what somebody put in place of the growing file is not written to', async () => {
  const path = join(folder, 'out.har')
  await writeFile(join(folder, 'other'), 'theirs')
  await symlink('other', `${path}.${process.pid}.part`)
  await save(path, exchanges)
  expect(await readFile(join(folder, 'other'), 'utf8')).toBe('theirs')
  expect((await readCapture(path)).exchanges).toHaveLength(3)
})
