import { Agent, fetch as fetchWith } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { Report } from '../../src/core/verdict/report.ts'
import { Session } from '../../src/core/session.ts'
import { loadRules } from '../../src/rules.ts'
import { startReverse, type ReverseTap } from '../../src/tap/reverse.ts'
import { startClientV1 } from '../peers/client-v1.ts'
import { startClientV2 } from '../peers/client-v2.ts'
import type { ClientOptions, PeerClient, StartClient } from '../peers/client.ts'
import { startGateway } from '../peers/gateway.ts'
import type { Listener } from '../peers/listener.ts'
import { startMcpServer, type McpServerPeer } from '../peers/mcp-server.ts'
import { startAuthorizationServer } from '../peers/oidc-provider.ts'
import { party } from './parties.ts'
import { proxyFor } from './wire.ts'

const { rules, hash } = await loadRules()

/** Stops when the test ends, the last to start first. */
async function stopping<Peer extends { stop(): Promise<void> }>(
  starting: Promise<Peer>,
): Promise<Peer> {
  const peer = await starting
  onTestFinished(() => peer.stop())
  return peer
}

async function newClient(startClient: StartClient, options?: ClientOptions): Promise<PeerClient> {
  const client = await startClient(options)
  onTestFinished(() => client.close())
  return client
}

/** A client that is a program of its own: it has its own connections and its own name. */
async function newProgram(startClient: StartClient, name: string): Promise<PeerClient> {
  const dispatcher = new Agent()
  onTestFinished(() => dispatcher.destroy())
  const own = ((url: string, init?: Parameters<typeof fetchWith>[1]) => {
    const headers = new Headers(init?.headers as ConstructorParameters<typeof Headers>[0])
    headers.set('User-Agent', name)
    return fetchWith(url, { ...init, headers: [...headers], dispatcher })
  }) as unknown as typeof fetch
  return newClient(startClient, { fetch: own })
}

interface Watched {
  readonly tap: ReverseTap
  /** Local URL of each target. */
  readonly urls: readonly string[]
  readonly notices: readonly string[]
  readonly exchanges: () => Exchange[]
  /** Ends the session and judges it. */
  report(): Promise<Report>
}

async function watch(targets: readonly string[]): Promise<Watched> {
  const seen = new Map<string, Exchange>()
  const notices: string[] = []
  const tap = await stopping(
    startReverse({
      targets,
      port: 0,
      emit: (exchange) => seen.set(exchange.id, exchange),
      notice: ({ text }) => notices.push(text),
    }),
  )
  const exchanges = () => [...seen.values()]
  const report = async () => {
    await tap.stop()
    const session = new Session({
      rules,
      tool: { name: 'authtap', version: '0', rules: hash },
      targets,
    })
    for (const exchange of exchanges()) session.ingest(exchange)
    session.settle()
    return session.report()
  }
  return { tap, urls: tap.listening.urls.map(({ url }) => url), notices, exchanges, report }
}

function alarms({ findings, outcomes }: Report): string[] {
  const loud = findings.filter(({ severity }) => severity !== 'info')
  const crashes = outcomes.crash === 0 ? [] : [`${outcomes.crash} rules crashed`]
  return [...loud.map(({ rule, fault, message }) => `${rule} (${fault}): ${message}`), ...crashes]
}

/** Logs in and calls a few times. */
async function visit(client: PeerClient, url: string, name: string): Promise<string[]> {
  await client.login(url)
  const answers: string[] = []
  for (let n = 0; n < 3; n++) answers.push(await client.callTool(`${name} ${n}`))
  return answers
}

const answersOf = (name: string) => [0, 1, 2].map((n) => `${name} ${n}`)

/** What each flow of the report was about, and what it came to. */
function summary({ flows }: Report) {
  return flows.map(({ resource, issuer, outcome }) => ({ resource, issuer, outcome }))
}

function authorizationResponses(exchanges: readonly Exchange[]): string[] {
  return exchanges
    .filter(({ request }) => new URL(request.url).searchParams.has('code'))
    .map(({ request }) => new URL(request.url).searchParams.get('iss') ?? '')
}

const byResource = (a: { resource: string | null }, b: { resource: string | null }) =>
  (a.resource ?? '') < (b.resource ?? '') ? -1 : 1

/** What a server received that names a port of ours which stands for an upstream. */
function leaks(tap: ReverseTap, server: Listener): string[] {
  const ports = Object.values(tap.listening.ports)
  return server.seen
    .map(({ target, headers, body }) => [target, ...headers.map(String), body].join('\n'))
    .map((text) => decodeURIComponent(text.replaceAll('+', ' ')))
    .filter((text) => ports.some((port) => text.includes(`:${port}`)))
}

/** Two MCP servers that trust the same authorization server. */
async function sharing() {
  const resources = new Set<string>()
  const knowsResource = (resource: string) => resources.has(resource)
  const as = await stopping(startAuthorizationServer({ knowsResource }))
  const servers = [
    await stopping(startMcpServer({ issuer: as.issuer })),
    await stopping(startMcpServer({ issuer: as.issuer })),
  ]
  for (const { url } of servers) resources.add(url)
  return { as, servers }
}

describe('two MCP servers behind one proxy', () => {
  test('with an authorization server each: two clients at once, two flows, nothing mixed', async () => {
    const servers: McpServerPeer[] = []
    const issuers: string[] = []
    const peers: Listener[] = []
    for (let n = 0; n < 2; n++) {
      const knowsResource = (resource: string) => resource === servers[n]?.url
      const as = await stopping(startAuthorizationServer({ knowsResource }))
      servers.push(await stopping(startMcpServer({ issuer: as.issuer })))
      issuers.push(as.issuer)
      peers.push(as, servers[n]!)
    }
    const watched = await watch(servers.map(({ url }) => url))
    const [one, two] = [await newClient(startClientV1), await newClient(startClientV2)]
    const answers = await Promise.all([
      visit(one, watched.urls[0]!, 'one'),
      visit(two, watched.urls[1]!, 'two'),
    ])
    expect(answers).toEqual([answersOf('one'), answersOf('two')])
    expect(Object.keys(watched.tap.listening.ports).sort()).toEqual(
      peers.map(({ origin }) => origin).sort(),
    )
    expect(new Set(Object.values(watched.tap.listening.ports)).size).toBe(4)
    expect(peers.flatMap((peer) => leaks(watched.tap, peer))).toEqual([])
    expect(authorizationResponses(watched.exchanges()).sort()).toEqual([...issuers].sort())
    expect(watched.notices).toEqual([])
    const report = await watched.report()
    expect(alarms(report)).toEqual([])
    expect(summary(report).sort(byResource)).toEqual(
      servers
        .map(({ url }, n) => ({ resource: url, issuer: issuers[n]!, outcome: 'authorized' }))
        .sort(byResource),
    )
  })

  test.each([
    ['v1 and v2', startClientV1, startClientV2],
    ['v1 and v1', startClientV1, startClientV1],
    ['v2 and v2', startClientV2, startClientV2],
  ])(
    'with one authorization server for both: programs of SDK %s at once, two flows',
    async (_, startOne, startOther) => {
      const { as, servers } = await sharing()
      const watched = await watch(servers.map(({ url }) => url))
      const one = await newProgram(startOne, 'editor/1.0')
      const two = await newProgram(startOther, 'terminal/2.0')
      const answers = await Promise.all([
        visit(one, watched.urls[0]!, 'one'),
        visit(two, watched.urls[1]!, 'two'),
      ])
      expect(answers).toEqual([answersOf('one'), answersOf('two')])
      expect(Object.keys(watched.tap.listening.ports)).toHaveLength(3)
      expect([as, ...servers].flatMap((peer) => leaks(watched.tap, peer))).toEqual([])
      expect(authorizationResponses(watched.exchanges())).toEqual([as.issuer, as.issuer])
      expect(watched.notices).toEqual([])
      const report = await watched.report()
      expect(alarms(report)).toEqual([])
      expect(summary(report).sort(byResource)).toEqual(
        servers
          .map(({ url }) => ({ resource: url, issuer: as.issuer, outcome: 'authorized' }))
          .sort(byResource),
      )
    },
  )
})

test.each([
  ['v1 and v2', startClientV1, startClientV2],
  ['v1 and v1', startClientV1, startClientV1],
  ['v2 and v2', startClientV2, startClientV2],
])(
  'one program logs in to two MCP servers of one authorization server at once, with clients of SDK %s: two flows',
  async (_, startOne, startOther) => {
    const { as, servers } = await sharing()
    const watched = await watch(servers.map(({ url }) => url))
    const clients = [await newClient(startOne), await newClient(startOther)]
    const answers = await Promise.all(
      clients.map((client, n) => visit(client, watched.urls[n]!, `client ${n}`)),
    )
    expect(answers).toEqual([answersOf('client 0'), answersOf('client 1')])
    const report = await watched.report()
    expect(alarms(report)).toEqual([])
    expect(summary(report).sort(byResource)).toEqual(
      servers
        .map(({ url }) => ({ resource: url, issuer: as.issuer, outcome: 'authorized' }))
        .sort(byResource),
    )
    expect(report.flows.map(({ registration }) => registration)).toEqual(['dynamic', 'dynamic'])
  },
)

test.each([
  ['v1', startClientV1],
  ['v2', startClientV2],
])(
  'one program of SDK %s logs in to two MCP servers of one authorization server in turn: two flows',
  async (_, startClient) => {
    const { as, servers } = await sharing()
    const watched = await watch(servers.map(({ url }) => url))
    for (const url of watched.urls)
      expect(await visit(await newClient(startClient), url, url)).toEqual(answersOf(url))
    expect(authorizationResponses(watched.exchanges())).toEqual([as.issuer, as.issuer])
    expect(watched.notices).toEqual([])
    const report = await watched.report()
    expect(alarms(report)).toEqual([])
    expect(summary(report)).toEqual(
      servers.map(({ url }) => ({ resource: url, issuer: as.issuer, outcome: 'authorized' })),
    )
  },
)

test('several clients of one MCP server at once: a flow each, each its own answers', async () => {
  const known = { url: '' }
  const as = await stopping(
    startAuthorizationServer({ knowsResource: (resource) => resource === known.url }),
  )
  const mcp = await stopping(startMcpServer({ issuer: as.issuer }))
  known.url = mcp.url
  const watched = await watch([mcp.url])
  const clients = await Promise.all(
    [startClientV1, startClientV2, startClientV1, startClientV2].map((startClient) =>
      newClient(startClient),
    ),
  )
  const answers = await Promise.all(
    clients.map((client, n) => visit(client, watched.urls[0]!, `client ${n}`)),
  )
  expect(answers).toEqual(clients.map((_, n) => answersOf(`client ${n}`)))
  expect(new Set(clients.map(({ memory }) => memory.accessToken)).size).toBe(4)
  expect(leaks(watched.tap, as)).toEqual([])
  expect(authorizationResponses(watched.exchanges())).toHaveLength(4)
  const report = await watched.report()
  expect(alarms(report)).toEqual([])
  expect(report.flows.map(({ outcome }) => outcome)).toEqual(Array(4).fill('authorized'))
  expect(new Set(report.flows.map(({ clientId }) => clientId)).size).toBe(4)
})

describe.each([
  ['v1', startClientV1],
  ['v2', startClientV2],
])('an MCP server that changes its authorization server', (version, startClient) => {
  test(`has the new one mapped at once, and a client of SDK ${version} logs in there without an alarm`, async () => {
    const current = { url: '', origin: '' }
    const knowsResource = (resource: string) => resource === current.url
    const before = await stopping(startAuthorizationServer({ knowsResource }))
    const after = await stopping(startAuthorizationServer({ knowsResource }))
    const front = await stopping(startGateway({ upstream: () => current.origin }))
    const publicOrigin = front.origin
    const old = await stopping(startMcpServer({ publicOrigin, issuer: before.issuer }))
    const renewed = await stopping(startMcpServer({ publicOrigin, issuer: after.issuer }))
    Object.assign(current, { url: old.url, origin: old.origin })
    const watched = await watch([old.url])
    const client = await newClient(startClient)
    expect(await visit(client, watched.urls[0]!, 'old')).toEqual(answersOf('old'))
    expect(watched.tap.listening.ports).not.toHaveProperty([after.origin])

    current.origin = renewed.origin
    client.memory.invalidateCredentials('all')
    expect(await visit(client, watched.urls[0]!, 'new')).toEqual(answersOf('new'))
    expect(watched.tap.listening.ports).toHaveProperty([after.origin])
    expect(leaks(watched.tap, after)).toEqual([])
    expect(authorizationResponses(watched.exchanges())).toEqual([before.issuer, after.issuer])
    expect(watched.notices).toEqual([])
    const report = await watched.report()
    expect(alarms(report)).toEqual([])
    expect(report.flows.at(-1)).toMatchObject({ issuer: after.issuer, outcome: 'authorized' })
  })
})

test('a client with one id at two servers has a login under way at each: both answers come back through the relay', async () => {
  const servers = [await party({}), await party({})]
  const { tap, port, notices } = await proxyFor(servers[0]!.origin, {
    targets: servers.map(({ origin }) => origin),
    relay: 'always',
  })
  const redirectUri = 'http://127.0.0.1:51234/callback'
  const { relayPort } = tap.listening
  const location = async (url: string) =>
    (await fetch(url, { redirect: 'manual' })).headers.get('location') ?? ''
  for (const [n, { origin }] of servers.entries()) {
    const asked = new URLSearchParams({
      client_id: 'one',
      redirect_uri: redirectUri,
      state: `s${n}`,
    })
    const there = new URL(await location(tap.url(`${origin}/authorize?${asked}`)))
    expect(there.origin).toBe(origin)
    expect(there.searchParams.get('redirect_uri')).toBe(`http://127.0.0.1:${relayPort}/callback`)
  }
  for (const answer of ['code=a&state=s1', 'code=b&state=s0'])
    expect(await location(`http://127.0.0.1:${relayPort}/callback?${answer}`)).toBe(
      `${redirectUri}?${answer}`,
    )
  expect(port).not.toBe(relayPort)
  expect(notices).toEqual([])
})
