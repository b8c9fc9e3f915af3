import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SavingFrom, save } from '../../src/shell/saving.ts'
import type { ExchangeEvent } from '../../src/core/verdict/event.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import { type Redactor, type Safe, createRedactor } from '../../src/core/redact/redactor.ts'
import { redactEvent } from '../../src/core/redact/event.ts'
import { Session } from '../../src/core/session.ts'
import { exchangeOf } from '../core/redact/redaction.ts'

const late = ['a', 'value', 'that', 'Turns0ut', 'to', 'be', 'secret'].join('-')

let folder: string
let redactor: Redactor
let from: SavingFrom
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-saving-'))
  redactor = createRedactor({ key: Buffer.alloc(32, 7) })
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  from = { run: { session }, redactor, targets: [], crashed: new Set(), withSecrets: false }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function told(exchange: Exchange): Safe<ExchangeEvent> {
  const step = { kind: 'other' as const, summary: '', ok: true }
  const event = redactEvent(
    { type: 'exchange', exchange: { exchange, step, flow: 'w1' } },
    redactor,
  )
  return (event as { exchange: ExchangeEvent }).exchange as Safe<ExchangeEvent>
}

const learnLate = () =>
  redactor.learn(exchangeOf({ headers: [['authorization', `Bearer ${late}`]] }))

test('text with a secret in it is saved without it', async () => {
  learnLate()
  const path = join(folder, 'a.sh')
  await save({ kind: 'text', text: `curl -H 'x: ${late}'` }, path, from)
  expect(await readFile(path, 'utf8')).toMatch(/^curl -H 'x: ‹access_token:[0-9a-f]{16}›'$/)
})

test('a session whose journal quotes what turned out to be a secret is copied without it', async () => {
  const journal = join(folder, 'journal.ndjson')
  await writeFile(journal, `{"entry":"${late}"}\n`)
  const session = { ...from, journal }
  await save({ kind: 'session', exchanges: [] }, join(folder, 'early.ndjson'), session)
  learnLate()
  const copy = join(folder, 'late.ndjson')
  const said = await save({ kind: 'session', exchanges: [] }, copy, session)
  expect(said).toContain('blanked 1 value (1 × access_token)')
  expect(await readFile(copy, 'utf8')).toMatch(/^\{"entry":"‹access_token:[0-9a-f]{16}›"\}\n$/)
})

test('a HAR of exchanges that quote what turned out to be a secret is redacted anew', async () => {
  const exchanges = [told(exchangeOf({ answerHeaders: [['x-echo', late]] }))]
  learnLate()
  const path = join(folder, 'a.har')
  await save({ kind: 'har', exchanges }, path, from)
  const har = await readFile(path, 'utf8')
  expect(har).toContain('x-echo')
  expect(har).not.toContain(late)
})
