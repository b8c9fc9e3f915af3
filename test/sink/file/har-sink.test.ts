import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Event } from '../../../src/core/verdict/event.ts'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { redactEvent } from '../../../src/core/redact/event.ts'
import { Session } from '../../../src/core/session.ts'
import { HarSink } from '../../../src/sink/file/har-sink.ts'
import { login } from '../../core/login.ts'

test('an exchange that is told again, for another flow, is in the file once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authtap-har-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
  const sink = await HarSink.open(join(folder, 'a.har'), redactor, { withSecrets: false })
  const tell = (event: Event) => sink.event(redactEvent(event, redactor))
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  const exchanges = login()
  for (const exchange of exchanges) for (const event of session.ingest(exchange)) tell(event)
  for (const event of session.ingest(exchanges[3]!)) tell(event)
  tell({ type: 'report', report: session.report() })
  await sink.close()
  const har = JSON.parse(await readFile(join(folder, 'a.har'), 'utf8')) as {
    log: { entries: { _authtap: { id: string } }[] }
  }
  expect(har.log.entries.map((entry) => entry._authtap.id)).toEqual(exchanges.map(({ id }) => id))
})
