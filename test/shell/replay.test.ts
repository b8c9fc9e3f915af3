import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { asClientSent } from '../../src/shell/replay-request.ts'
import { Replays } from '../../src/shell/replay.ts'
import { type Exchange, emptyBody } from '../../src/core/wire/exchange.ts'
import type { StepKind } from '../../src/core/step/step.ts'

type Sketch = Partial<Exchange['request']> & Pick<Partial<Exchange>, 'touched'> & { id?: string }

function exchangeOf({ id = '1', touched = [], ...request }: Sketch): Exchange {
  return {
    id,
    source: 'reverse',
    client: '',
    connection: '',
    startedAt: 0,
    request: {
      method: 'POST',
      url: 'https://login.example/token',
      via: 'http://localhost:8485/token',
      headers: [],
      body: emptyBody,
      ...request,
    },
    touched,
  }
}

function bytes(text: string) {
  return { bytes: Buffer.from(text), dropped: 0 }
}

const listening = 'http://127.0.0.1:8484/mcp'
const form = [['Content-Type', 'application/x-www-form-urlencoded']] as const

function planOf(sketch: Sketch, kind: StepKind, status: number | undefined = 200) {
  const replays = new Replays(['https://mcp.example/mcp'])
  replays.see(exchangeOf(sketch))
  return replays.plan({ id: '1', kind, status }, listening)
}

function warnings(sketch: Sketch, kind: StepKind, status?: number): string {
  const plan = planOf(sketch, kind, status)
  if (typeof plan === 'string') throw new Error(plan)
  return plan.warnings.join('\n')
}

describe('what is not sent again', () => {
  test.each([
    ['authorize', {}, /belongs in a browser/],
    ['callback', {}, /only once/],
    ['client-metadata', {}, /authorization server sends it/],
    ['token', { body: { bytes: Buffer.from('a'), dropped: 5 } }, /recorded only in part/],
    ['mcp', { method: 'GET', headers: [['Accept', 'text/event-stream']] }, /only the client/],
    ['mcp', { headers: [['Upgrade', 'websocket']] }, /protocol/],
  ] as [StepKind, Sketch, RegExp][])('%s %j says why', (kind, sketch, why) => {
    expect(planOf(sketch, kind)).toMatch(why)
  })

  test('what came by another way than the proxy', () => {
    const replays = new Replays([])
    const { via: _, ...request } = exchangeOf({}).request
    replays.see({ ...exchangeOf({}), request })
    expect(replays.plan({ id: '1', kind: 'token', status: 200 }, listening)).toMatch(
      /did not come through the proxy/,
    )
  })

  test('what is older than what is held', () => {
    const replays = new Replays([])
    for (let id = 1; id <= 600; id++) replays.see(exchangeOf({ id: String(id) }))
    expect(replays.plan({ id: '1', kind: 'token', status: 200 }, listening)).toMatch(/no longer/)
    expect(typeof replays.plan({ id: '600', kind: 'token', status: 200 }, listening)).toBe('object')
  })
})

describe('what to know before', () => {
  const code = { headers: form, body: bytes('grant_type=authorization_code&code=x') }
  const refresh = { headers: form, body: bytes('grant_type=refresh_token&refresh_token=x') }

  test.each([
    ['a code that was redeemed', code, 'token', 200, /code is spent: #1 redeemed it.*RFC 6749/s],
    ['a code that was refused', code, 'token', 400, /may be spent/],
    ['a refresh token', refresh, 'token', 200, /theft.*RFC 9700/s],
    ['a refresh token that was refused', refresh, 'token', 400, /does not reach the client/],
    ['another grant', {}, 'token', 200, /do not reach the client/],
    ['a registration', {}, 'registration', 201, /another client/],
    ['a revocation', {}, 'revocation', 200, /log in again/],
    ['a call', {}, 'mcp', 200, /does once more/],
    ['the end of a session', { method: 'DELETE' }, 'mcp', 200, /ends the client's session/],
    ['a proof', { headers: [['DPoP', 'x']] }, 'userinfo', 200, /DPoP proof/],
  ] as [string, Sketch, StepKind, number, RegExp][])('%s', (_, sketch, kind, status, said) => {
    expect(warnings(sketch, kind, status)).toMatch(said)
  })

  test('of a mere question there is nothing to say', () => {
    expect(warnings({ method: 'GET' }, 'server-metadata')).toBe('')
  })
})

describe('the request', () => {
  test('is what the client sent: what the proxy changed is taken back', () => {
    const touched = [
      { at: 'request.header.origin[0]', client: 'http://localhost:1', upstream: 'o', why: '' },
      { at: 'request.form.redirect_uri', client: 'http://c/cb', upstream: 'http://r/1', why: '' },
      { at: 'request.form.state', client: '', upstream: 'ours', why: '' },
    ]
    const sent = asClientSent(
      exchangeOf({
        touched,
        headers: [...form, ['Origin', 'o'], ['Origin', 'o']],
        body: bytes('a=%2f&redirect_uri=http%3A%2F%2Fr%2F1&state=ours&b=+'),
      }),
    )
    expect(sent.headers.slice(1)).toEqual([
      ['Origin', 'http://localhost:1'],
      ['Origin', 'o'],
    ])
    expect(Buffer.from(sent.bytes).toString()).toBe('a=%2f&redirect_uri=http%3A%2F%2Fc%2Fcb&b=+')
  })

  test('members of JSON as well, and nothing of a prototype', () => {
    const at = (pointer: string, client: string, upstream: string) => ({
      at: `request.json${pointer}`,
      client,
      upstream,
      why: '',
    })
    const sent = asClientSent(
      exchangeOf({
        touched: [
          at('/redirect_uris/1', '', 'relay'),
          at('/redirect_uris/2', '', 'relay two'),
          at('/a~1b', 'mine', 'theirs'),
          at('/__proto__/x', 'bad', 'y'),
        ],
        body: bytes('{"redirect_uris":["own","relay","relay two"],"a/b":"theirs"}'),
      }),
    )
    expect(JSON.parse(Buffer.from(sent.bytes).toString())).toEqual({
      redirect_uris: ['own'],
      'a/b': 'mine',
    })
  })

  test('goes to where the proxy listens, under the name that the client used, as it was', async () => {
    const got: { request: IncomingMessage; body: string }[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
      request.on('end', () => {
        got.push({ request, body })
        // One like it from the client, and then what came.
        expect(replays.see(exchangeOf({ id: '2', via, method: 'PUT' })).repeats).toBeUndefined()
        const close = [['Connection', 'close']] as const
        const recorded = exchangeOf({ id: '3', via, method: 'PUT', headers: close })
        expect(replays.see(recorded).repeats).toBe('1')
        expect(replays.see({ ...recorded, endedAt: 9 }).repeats).toBe('1')
        response.writeHead(418).end('short and stout')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const via = `http://machine.example:${(server.address() as AddressInfo).port}/a%2Fb//c?d=%20#e`
    const replays = new Replays([])
    const headers = [
      ['X-One', 'ä'],
      ['Connection', 'keep-alive'],
      ['Content-Length', '999'],
      ['Host', 'wrong'],
      ['x-one', 'again'],
    ] as const
    replays.see(exchangeOf({ via, method: 'PUT', headers, body: bytes('as it was') }))
    const plan = replays.plan({ id: '1', kind: 'other', status: 200 }, listening)
    if (typeof plan === 'string') throw new Error(plan)
    expect(await plan.send()).toEqual({ status: 418, exchange: '3' })
    expect(got[0]!.request.url).toBe('/a%2Fb//c?d=%20')
    expect(got[0]!.request.rawHeaders.slice(0, 6)).toEqual([
      'Host',
      new URL(via).host,
      'X-One',
      'ä',
      'x-one',
      'again',
    ])
    expect(got[0]!.body).toBe('as it was')
  })

  test('that nothing answers fails', async () => {
    const plan = planOf({ via: 'http://localhost:1/' }, 'other')
    if (typeof plan === 'string') throw new Error(plan)
    await expect(plan.send()).rejects.toThrow(/ECONNREFUSED|connect/)
  })
})
