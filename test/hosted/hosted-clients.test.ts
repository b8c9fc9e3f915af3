import { describe, expect, test } from 'vitest'
import { parseChange } from '../../src/core/intercept/change.ts'
import { Interceptor } from '../../src/core/intercept/interceptor.ts'
import { Holds } from '../../src/core/intercept/holds.ts'
import { Desk } from '../../src/tap/desk.ts'
import { startBetterAuthServer } from '../more-peers/better-auth-server.ts'
import { judge } from '../more-peers/judgement.ts'
import { startSdkServer } from '../more-peers/sdk-server.ts'
import type { AuthorizationServerOptions } from '../peers/oidc-provider.ts'
import { startServers } from '../peers/play.ts'
import { chatgpt, claude, type Habits, startHostedClient } from './hosted-client.ts'
import { type Hosted, hosted, type Layout, layouts } from './hosted.ts'

interface Server {
  readonly url: string
  stop(): Promise<void>
}

type StartServer = () => Promise<Server>

/** oidc-provider with the MCP server of the SDK. */
const provider =
  (options: AuthorizationServerOptions = {}): StartServer =>
  async () => {
    const { mcp, stop } = await startServers({ authorizationServer: options })
    return { url: mcp.url, stop }
  }

/** What came of it: the tool's answer, or where the client gave up. */
async function used(
  startServer: StartServer,
  habits: Habits,
  tap: Hosted,
): Promise<{ readonly answer: string; readonly registration: string | undefined }> {
  const server = await startServer()
  const client = await startHostedClient(habits)
  const proxied = await tap.startProxy(server.url)
  tap.tunnels.lead(habits.name, client.port)
  try {
    const answer = await client.use(proxied.url).catch(({ message }: Error) => message)
    return { answer, registration: client.registration }
  } finally {
    await proxied.stop()
    await client.stop()
    await server.stop()
  }
}

function tapFor(layout: Layout, habits: Habits): Hosted {
  return hosted({ layout, names: [habits.name] })
}

async function reportOf(tap: Hosted) {
  return judge(tap.exchanges, tap.listening.urls[0]!.upstream)
}

const clients = [claude, chatgpt].map((habits) => [habits.name, habits] as const)

describe.each(layouts)('with %s', (layout) => {
  describe.each<[string, StartServer]>([
    ['the SDK', () => startSdkServer('on an origin of its own')],
    ['better-auth', startBetterAuthServer],
    ['oidc-provider', provider()],
  ])('a server made with %s', (_, startServer) => {
    test.each(clients)(
      'serves %s, which registers, and every leg is seen',
      async (_name, habits) => {
        const tap = tapFor(layout, habits)
        expect(await used(startServer, habits, tap)).toEqual({
          answer: 'hello',
          registration: 'dynamic',
        })
        const report = await reportOf(tap)
        expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(report).toMatchObject({ verdict: 'pass', firstBroken: null })
        expect(report.flows.flatMap(({ steps }) => steps.map(({ kind }) => kind))).toContain(
          'callback',
        )
      },
    )
  })

  describe('a client that is a metadata document', () => {
    test('gets through where it does not compare iss; that its response is not seen was said before', async () => {
      const habits = { ...claude, comparesIss: false }
      const tap = tapFor(layout, habits)
      const came = await used(provider({ documents: ['none'] }), habits, tap)
      expect(came).toEqual({ answer: 'hello', registration: 'document' })
      expect(saidBefore(tap)).toMatch(
        /will not see the authorization response, and one that compares iss/,
      )
      const report = await reportOf(tap)
      expect(report).toMatchObject({ verdict: 'pass', firstBroken: null })
      expect(report.flows.flatMap(({ steps }) => steps.map(({ kind }) => kind))).not.toContain(
        'callback',
      )
    })

    test('refuses the response where it compares iss, as was said before, and nobody is blamed', async () => {
      const tap = tapFor(layout, claude)
      const came = await used(provider({ documents: ['none'] }), claude, tap)
      expect(came.answer).toMatch(/^iss is http:\/\/127\.0\.0\.1:/)
      expect(saidBefore(tap)).toMatch(
        /one that compares iss \(RFC 9207\) will refuse that response/,
      )
      expect((await reportOf(tap)).firstBroken?.fault ?? 'nobody').toMatch(/nobody|authtap/)
    })

    test('is refused where it signs for the public name, as was said before, and nobody is blamed', async () => {
      const habits = { ...chatgpt, comparesIss: false }
      const tap = tapFor(layout, habits)
      const came = await used(provider({ documents: ['private_key_jwt', 'none'] }), habits, tap)
      expect(came).toMatchObject({ registration: 'document' })
      expect(came.answer).toMatch(/^token: .*invalid_client/)
      expect(saidBefore(tap)).toMatch(/private_key_jwt signs for the public name/)
      expect(tap.notices.map(({ code }) => code)).toContain('assertion-cannot-pass')
      expect((await reportOf(tap)).firstBroken?.fault ?? 'nobody').toMatch(/nobody|authtap/)
    })

    test.each(clients)(
      '%s registers and gets through where authtap takes the flag away, as it says',
      async (_, habits) => {
        const told = 'kind:server-metadata response.json/client_id_metadata_document_supported-'
        const change = parseChange(told)
        if ('error' in change) throw new Error(change.error)
        const holds = new Holds()
        const interceptor = new Interceptor([], { changes: [change], faults: [], holds })
        const desk = new Desk(holds, 1000)
        const tap = hosted({ layout, names: [habits.name], interception: { interceptor, desk } })
        const documents = ['private_key_jwt', 'none'] as const
        const came = await used(provider({ documents }), habits, tap)
        expect(came).toEqual({ answer: 'hello', registration: 'dynamic' })
        const { verdict, flows } = await reportOf(tap)
        expect(verdict).toBe('pass')
        expect(flows.flatMap(({ steps }) => steps.map(({ kind }) => kind))).toContain('callback')
      },
    )
  })
})

/** What was told before the client asked the authorization server for anything. */
function saidBefore(tap: Hosted): string | undefined {
  return tap.notices.find(({ code }) => code === 'client-document-unseen')?.text
}
