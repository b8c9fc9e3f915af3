/** `authtap check`, with and without `--login`, at servers of many makers: a person in a real browser signs in and agrees. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { LoginOptions } from '../../src/tap/probe/login/person.ts'
import { type Chromium, chromium, startChromium, unlessInstalled } from '../peers/chromium.ts'
import type { Listener } from '../peers/listener.ts'
import { startAuthorizationServer } from '../peers/oidc-provider.ts'
import { startServers } from '../peers/play.ts'
import { goThrough, withSignIn } from '../peers/sign-in.ts'
import { checked, faultsOf } from '../tap/probe/checked.ts'
import { startBetterAuthServer } from './better-auth-server.ts'
import { fetchLibraries, startChildServer } from './fetched.ts'
import { startSdkServer } from './sdk-server.ts'
import { startWorkersServer } from './workers-server.ts'

/** Requests that a healthy server gets at most, unless somebody logs in. */
const requestLimit = 30

interface Made {
  readonly url: string
  stop(): Promise<void>
}

function signingIn<Server extends Made>(server: Server, at: Listener, path: string): Server {
  at.behind(withSignIn(path))
  return server
}

async function provider() {
  const as = await startAuthorizationServer()
  as.behind(withSignIn('/auth'))
  onTestFinished(as.stop)
  return as
}

const folder = await fetchLibraries()
const unlessFetched = folder === undefined ? ', not run: npx could not bring it' : ''

async function startFastmcp(): Promise<Made> {
  const [clientId, secret] = ['fastmcp', randomBytes(16).toString('hex')]
  const as = await provider()
  const server = await startChildServer(
    'fastmcp-server.mjs',
    { folder: folder!, issuer: as.issuer },
    clientId,
    secret,
  )
  const redirectUri = `${server.origin}/oauth/callback`
  await as.know({ id: clientId, secret, redirectUri, comparesPorts: true })
  return server
}

const here: [string, () => Promise<Made>, readonly string[]][] = [
  [
    'SDK v1 with oidc-provider',
    async () => {
      const servers = await startServers()
      return signingIn({ url: servers.mcp.url, stop: servers.stop }, servers.as, '/auth')
    },
    [],
  ],
  [
    'SDK v1 with its own authorization server',
    async () => {
      const peer = await startSdkServer('on an origin of its own')
      return signingIn(peer, peer.servers['as']!, '/authorize')
    },
    [],
  ],
  [
    'better-auth',
    async () => {
      const peer = await startBetterAuthServer()
      return signingIn(peer, peer.servers['mcp']!, '/api/auth/mcp/authorize')
    },
    ['trial/bad-token-not-refused, resource-server'],
  ],
  [
    'workers-oauth-provider',
    async () => {
      const peer = await startWorkersServer()
      return signingIn(peer, peer.servers['mcp']!, '/authorize')
    },
    // Its page of consent, which is the application's own, breaks on a client that is not known.
    ['trial/wrong-request-breaks, authorization-server'],
  ],
]
const fetched: typeof here = [
  [
    `SDK v2 with oidc-provider${unlessFetched}`,
    async () => {
      const { issuer } = await provider()
      return startChildServer('sdk-v2-server.mjs', { folder: folder!, issuer })
    },
    [],
  ],
  [`fastmcp${unlessFetched}`, startFastmcp, []],
]

const away = folder === undefined ? [] : fetched

async function started(start: () => Promise<Made>): Promise<string> {
  const server = await start()
  onTestFinished(() => server.stop())
  return server.url
}

describe.each([...here, ...away])('a healthy server made with %s', (_name, start, known) => {
  test('is asked little, and nothing that is false is said of it', async () => {
    const { report, exchanges } = await checked(await started(start))
    expect(faultsOf(report)).toEqual(known)
    expect(report.verdict).toBe('incomplete')
    expect(exchanges.length).toBeLessThanOrEqual(requestLimit)
  })
})

describe.skipIf(chromium === undefined)(`a person in Chromium${unlessInstalled}`, () => {
  let browser: Chromium
  beforeAll(async () => {
    browser = await startChromium()
  })
  afterAll(() => browser.stop())

  test.each([...here, ...away])('logs in at %s', async (_name, start, known) => {
    const url = await started(start)
    let pages: Promise<string[]> = Promise.resolve([])
    const login: LoginOptions = {
      way: 'browser',
      clientId: undefined,
      clientSecret: undefined,
      clientMetadata: undefined,
      key: undefined,
      register: false,
      scope: undefined,
      waiting: 40_000,
      open: (address) => {
        pages = browser.open(address).then(async (page) => {
          const seen = await goThrough(page, 'authtap has the answer')
          page.close()
          return seen
        })
      },
    }
    const { report, looks } = await checked(url, {}, login)
    expect(looks.filter(({ mark }) => mark === 'bad')).toEqual([])
    expect(await pages).toEqual(expect.arrayContaining(['Sign in', 'Allow it?']))
    expect(faultsOf(report)).toEqual(known)
    expect(report.verdict).toBe('pass')
    expect(looks.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^tools\/list: 200 answered as MCP, 1 tools$/),
    )
  })
})
