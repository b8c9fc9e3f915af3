/** Secrets that once got out, and the places where they did. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseOptions } from '../../src/shell/arguments.ts'
import { analyze } from '../../src/commands/analyze.ts'
import type { Event } from '../../src/core/verdict/event.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { toEntry } from '../../src/core/har/write.ts'
import { redactEvent } from '../../src/core/redact/event.ts'
import { createRedactor } from '../../src/core/redact/redactor.ts'
import { Session } from '../../src/core/session.ts'
import { HarSink } from '../../src/sink/file/har-sink.ts'
import { exchangeOf, key, remains, written } from '../core/redact/redaction.ts'
import { context } from '../sink/report/judged.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-found-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** With what no pattern takes for a token. */
const awkward = ["3'L<r€M字1B&v86F", 'Vrsm6n635SPf]W1EVdAg'].join('ß')
const token = ['k9', 'Qz', 'x7'].join('L0rem1psum')

const page = (text: string, id: string, startedAt: number): Exchange => ({
  ...exchangeOf({ method: 'GET', url: 'https://mcp.example/page', answer: `<p>${text}</p>` }),
  id,
  startedAt,
  endedAt: startedAt + 1,
})
const named = (value: string, id: string, startedAt: number): Exchange => ({
  ...exchangeOf({ answer: JSON.stringify({ access_token: value, token_type: 'Bearer' }) }),
  id,
  startedAt,
  endedAt: startedAt + 1,
})

test('JSON in a string of JSON is read by the names in it', () => {
  const inner = JSON.stringify({ registration_access_token: awkward })
  for (const answer of [{ data: inner }, { data: [JSON.stringify({ inner })] }]) {
    const redactor = createRedactor({ key })
    const out = written(redactor.exchange(exchangeOf({ answer: JSON.stringify(answer) })))
    expect(remains(out, awkward)).toEqual([])
    expect(out).toContain('registration_access_token')
  }
})

test('a summary that cuts a path marks the cut, so that what is left of a secret is known as one', () => {
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  const redactor = createRedactor({ key })
  const path = `https://as.example/register/${'x'.repeat(60 - '/register/'.length - 25)}`
  const exchange = exchangeOf({ url: `${path}${token}` })
  redactor.learn(named(token, '1', 0))
  const [event] = session.ingest(exchange)
  const { step } = (redactEvent(event!, redactor) as Event & { type: 'exchange' }).exchange
  expect(step.summary).toContain('‹access_token:')
  expect(step.summary).not.toContain(token.slice(0, 12))
})

describe('what an early exchange quotes of a late one', () => {
  const exchanges = [page(`you sent ${token}`, '1', 1), named(token, '2', 2)]

  test('is in none of the lines that analyze prints, nor in its HAR or log', async () => {
    const path = join(folder, 'early.har')
    const entries = exchanges.map((one) => toEntry(one, {}))
    await writeFile(path, JSON.stringify({ log: { creator: { name: 'x' }, entries } }))
    const [output, har, log] = ['out.ndjson', 'out.har', 'out.log'].map((name) =>
      join(folder, name),
    )
    const options = parseOptions(
      [path, '--format', 'ndjson', '--output', output!, '--har', har!, '--log-file', log!].concat([
        '--log-level',
        'trace',
      ]),
      ['sessions', 'judging', 'rules', 'deciding', 'watching', 'general'],
    )
    await analyze(context, options)
    for (const file of [output!, har!, log!])
      expect(await readFile(file, 'utf8')).not.toContain(token)
    expect(await readFile(output!, 'utf8')).toContain('you sent ‹access_token:')
  })

  test('is not in the HAR of a live session, which is there all the same', async () => {
    const path = join(folder, 'live.har')
    const redactor = createRedactor({ key: new Uint8Array(32) })
    const sink = await HarSink.open(path, redactor, { withSecrets: false })
    for (const exchange of exchanges) {
      redactor.learn(exchange)
      const step = { kind: 'other', summary: '', ok: true } as const
      sink.event(
        redactEvent({ type: 'exchange', exchange: { exchange, step, flow: 'w1' } }, redactor),
      )
    }
    const report = new Session({
      rules: [],
      tool: { name: 'authtap', version: '0', rules: '' },
    }).report()
    sink.event(redactEvent({ type: 'report', report }, redactor))
    await sink.close()
    const text = await readFile(path, 'utf8')
    expect(text).not.toContain(token)
    const { log } = JSON.parse(text) as {
      log: {
        entries: { _authtap: object; response: { content: { text: string } } }[]
        _authtap: object
      }
    }
    expect(log.entries.map(({ _authtap }) => _authtap)).toMatchObject([
      { id: '1', step: 'other', flow: 'w1' },
      { id: '2', step: 'other', flow: 'w1' },
    ])
    expect(log.entries[0]!.response.content.text).toMatch(/^<p>you sent ‹access_token:\w+›<\/p>$/)
    expect(log._authtap).toMatchObject({ schema: 'authtap.har/1', redacted: true })
    expect((await readdir(folder)).filter((name) => name.includes('.part'))).toEqual([])
  })
})
