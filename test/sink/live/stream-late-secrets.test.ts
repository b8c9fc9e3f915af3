import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import type { Exchange, Headers } from '../../../src/core/wire/exchange.ts'
import { textBody } from '../../../src/core/wire/exchange.ts'
import { Run } from '../../../src/run.ts'
import { LiveStream } from '../../../src/sink/live/stream.ts'

const token = randomBytes(32).toString('hex')

/** Where a value stands before anything tells that it is a secret. */
const unnamed: Readonly<Record<string, (value: string) => Partial<Parts>>> = {
  query: (value) => ({ url: `https://mcp.example/mcp?x=${value}` }),
  path: (value) => ({ url: `https://mcp.example/${value}/mcp` }),
  'query name': (value) => ({ url: `https://mcp.example/mcp?${value}=x` }),
  field: (value) => ({ headers: [['x-thing', value]] }),
  'field name': (value) => ({ headers: [[value, 'x']] }),
  'cookie name': (value) => ({ headers: [['cookie', `${value}=on`]] }),
  'form name': (value) => ({ body: `${value}=x`, type: 'application/x-www-form-urlencoded' }),
  member: (value) => ({ body: JSON.stringify({ thing: value }) }),
  'member name': (value) => ({ body: JSON.stringify({ [value]: { deep: [value] } }) }),
  text: (value) => ({ body: `he said ${value}, twice`, type: 'text/plain' }),
  page: (value) => ({ body: `<a href="/x?${value}">${value}</a>`, type: 'text/html' }),
  boundary: (value) => ({
    body: `--${value}\r\n\r\nx`,
    type: `multipart/mixed; boundary=${value}`,
  }),
}

/** Where it stands by a name that tells. */
const named: Readonly<Record<string, (value: string) => Partial<Parts>>> = {
  authorization: (value) => ({ headers: [['authorization', `Bearer ${value}`]] }),
  cookie: (value) => ({ headers: [['cookie', `session=${value}`]] }),
  'set-cookie': (value) => ({ answer: [['set-cookie', `a=${value}; Path=/`]] }),
  token: (value) => ({ body: JSON.stringify({ access_token: value }) }),
  secret: (value) => ({
    body: `client_secret=${value}`,
    type: 'application/x-www-form-urlencoded',
  }),
  person: (value) => ({
    url: 'https://as.example/userinfo',
    body: JSON.stringify({ sub: 'u1', email: value }),
  }),
}

interface Parts {
  readonly url: string
  readonly headers: Headers
  readonly answer: Headers
  readonly type: string
  readonly body: string
}

function exchange(id: string, { url, headers, answer, type, body }: Partial<Parts>): Exchange {
  const fields: Headers = [['content-type', type ?? 'application/json']]
  const sent = textBody(body ?? '', 0)
  return {
    id,
    source: 'reverse',
    client: 'c1',
    connection: '1',
    startedAt: Number(id) * 1000,
    endedAt: Number(id) * 1000 + 1,
    request: {
      method: 'POST',
      url: url ?? 'https://mcp.example/mcp',
      headers: [...fields, ...(headers ?? [])],
      body: sent,
    },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [...fields, ...(answer ?? [])],
      body: sent,
      complete: true,
    },
    touched: [],
  }
}

/** Our own words and those of HTTP, which a hostile server may call a secret. */
const words = [
  'startedDateTime',
  'serverIPAddress',
  'Connection',
  'WWW-Authenticate',
  '"response":{',
  'exchange',
  'mcp.example',
  'seq',
]

const value = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[a-z][A-Za-z0-9]{14,30}[0-9]$/) },
  { weight: 1, arbitrary: fc.constantFrom(...words) },
)

const happening = fc.oneof(
  fc.record({ how: fc.constantFrom(...Object.keys(unnamed)), value: fc.nat(3) }),
  fc.record({ how: fc.constantFrom(...Object.keys(named)), value: fc.nat(3) }),
  fc.constant('a viewer comes' as const),
  fc.constant('a viewer goes' as const),
)

test('viewers may come at any moment of any history, and nothing that turned out to be a secret is told afterwards', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { minLength: 4, maxLength: 4 }),
      fc.array(happening, { minLength: 3, maxLength: 14 }),
      play,
    ),
    { numRuns: 60 },
  )
})

type Happening = typeof happening extends fc.Arbitrary<infer Kind> ? Kind : never

async function play(values: readonly string[], history: readonly Happening[]): Promise<void> {
  const redactor = createRedactor({ key: randomBytes(32) })
  const stream = await LiveStream.open({ port: 0, token })
  stream.use(redactor)
  // Whatever breaks is thrown here, and fails the test.
  const run = new Run({
    redactor,
    sinks: [stream],
    session: { rules: [], tool: { name: 'authtap', version: '0', rules: '' } },
  })
  const broken: unknown[] = []
  stream.reportBy(
    () => redactor.value(run.session.report()),
    (error) => broken.push(error),
  )
  const viewers: WebSocket[] = []
  const known = new Set<string>()
  try {
    for (const [index, one] of history.entries()) {
      if (one === 'a viewer comes') viewers.push(await arrived(stream.url, known))
      else if (one === 'a viewer goes') viewers.pop()?.terminate()
      else {
        const text = values[one.value]!
        const parts = (unnamed[one.how] ?? named[one.how]!)(text)
        run.take(exchange(String(index + 1), parts))
        await pause(1)
        if (one.how in named && !words.includes(text)) known.add(text)
      }
    }
    const last = await arrived(stream.url, known)
    viewers.push(last)
    await run.finish()
    expect(broken).toEqual([])
  } finally {
    for (const viewer of viewers) viewer.terminate()
    await stream.close()
  }
}

/** A viewer that has heard how things stand, and hears no secret that is known by then. */
async function arrived(url: string, known: ReadonlySet<string>): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } })
  const before = [...known]
  await new Promise<void>((resolve, reject) => {
    socket.on('message', (data) => {
      const text = String(data)
      const leaked = before.filter((secret) => text.includes(secret))
      if (leaked.length > 0) reject(new Error(`${leaked.join()} in ${text}`))
      else if (text.includes('"type":"snapshot"')) resolve()
    })
    socket.on('error', reject)
    socket.on('close', (code) => reject(new Error(`closed with ${code}`)))
  })
  return socket
}
