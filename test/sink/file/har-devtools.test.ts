import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bodyText, type Exchange } from '../../../src/core/wire/exchange.ts'
import { toEntry } from '../../../src/core/har/write.ts'
import type { StepKind } from '../../../src/core/step/step.ts'
import { Session } from '../../../src/core/session.ts'
import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import { type Chromium, chromium, startChromium, unlessInstalled } from '../../peers/chromium.ts'
import { readCapture } from '../../tap/gathered.ts'

/** What the importer of the developer tools makes of one entry. */
interface Imported {
  readonly method: string
  readonly url: string
  readonly status: number
  readonly type: string
  readonly connection: string
  readonly requestHeaders: readonly { name: string; value: string }[]
  readonly responseHeaders: readonly { name: string; value: string }[]
  /** Seconds. */
  readonly duration: number
  readonly events: number
  readonly body: string
}

/** Runs in the page of the developer tools, whose own code reads the file. */
const importing = (text: string) => `(async () => {
  const { HARFormat, Importer } = await import('./models/har/har.js')
  const root = new HARFormat.HARRoot(JSON.parse(${JSON.stringify(text)}))
  return Promise.all(Importer.Importer.requestsFromHARLog(root.log).map(async (request) => ({
    method: request.requestMethod,
    url: request.url(),
    status: request.statusCode,
    type: request.resourceType().name(),
    connection: request.connectionId,
    requestHeaders: request.requestHeaders(),
    responseHeaders: request.responseHeaders,
    duration: request.duration,
    events: request.eventSourceMessages().length,
    body: (await request.requestContentData()).text,
  })))
})()`

/** A flow of a real client and real servers, with event streams and browser legs, and a host that does not answer. */
async function flow(): Promise<{ exchanges: Exchange[]; kinds: StepKind[] }> {
  const path = fileURLToPath(new URL('../../captures/sdk-v2-oidc-provider.har', import.meta.url))
  const { exchanges } = await readCapture(path)
  const refused = parseTranscript('> GET https://mcp.example/mcp\n\n! tcp ECONNREFUSED')[0]!
  const all = [
    ...exchanges,
    { ...refused, id: 'refused', startedAt: exchanges.at(-1)!.startedAt + 9 },
  ]
  const session = new Session({ rules: [], tool: { name: 'authtap', version: '0', rules: '' } })
  const kinds = all.flatMap((exchange) =>
    session
      .ingest(exchange)
      .flatMap((event) => (event.type === 'exchange' ? event.exchange.step.kind : [])),
  )
  return { exchanges: all, kinds }
}

describe.skipIf(chromium === undefined)(
  `in the developer tools of Chromium${unlessInstalled}`,
  () => {
    let browser: Chromium
    beforeAll(async () => {
      browser = await startChromium()
    })
    afterAll(() => browser.stop())

    async function evaluated(expression: string): Promise<unknown> {
      const page = await browser.open('devtools://devtools/bundled/devtools_app.html')
      try {
        for (;;) {
          const value = await page.value(expression)
          // The page may still load.
          if (value !== undefined) return value
          await new Promise((resolve) => setTimeout(resolve, 200))
        }
      } finally {
        page.close()
      }
    }

    test('a capture of ours shows the flow: each request with its status, headers, times and events', async () => {
      const { exchanges, kinds } = await flow()
      const entries = exchanges.map((exchange, index) => toEntry(exchange, { step: kinds[index]! }))
      const text = JSON.stringify({
        log: { version: '1.2', creator: { name: 'authtap', version: '1' }, pages: [], entries },
      })
      const imported = (await evaluated(importing(text))) as Imported[]
      expect(imported).toHaveLength(exchanges.length)
      for (const [index, one] of imported.entries()) {
        const { request, response, connection } = exchanges[index]!
        const entry = entries[index]!
        const pairs = (list: readonly { name: string; value: string }[]) =>
          list.map(({ name, value }) => [name, value])
        expect(one).toMatchObject({ method: request.method, url: request.url, connection })
        expect(one.status).toBe(entry.response.status)
        expect(pairs(one.requestHeaders)).toEqual(request.headers)
        expect(pairs(one.responseHeaders)).toEqual(response?.headers ?? [])
        expect(one.duration * 1000).toBeCloseTo(entry.time, 0)
        if (response !== undefined) expect(one.body).toBe(bodyText(response))
      }
      const types = new Set(imported.map(({ type }) => type))
      expect(types).toEqual(new Set(['fetch', 'document', 'eventsource']))
      expect(imported.filter(({ events }) => events > 0).length).toBeGreaterThan(2)
      expect(imported.at(-1)).toMatchObject({ status: 0 })
    })
  },
)
