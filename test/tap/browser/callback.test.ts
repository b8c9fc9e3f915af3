import { expect, test } from 'vitest'
import { edit, parseEdit } from '../../../src/core/intercept/edit.ts'
import { Holds } from '../../../src/core/intercept/holds.ts'
import { Interceptor } from '../../../src/core/intercept/interceptor.ts'
import { changesIn, type Exchange } from '../../../src/core/wire/exchange.ts'
import { loadFaults } from '../../../src/faults.ts'
import { Desk } from '../../../src/tap/desk.ts'
import { parties } from '../parties.ts'
import { proxyFor } from '../wire.ts'

const faults = await loadFaults()
const own = 'http://127.0.0.1:51234/callback/x'

/** An authorization response that a browser brings as a form (OAuth 2.0 Form Post Response Mode §2), and its page for the client. */
async function postResponse(
  wanted: ConstructorParameters<typeof Interceptor>[1],
  { holds = new Holds(), decide }: { holds?: Holds; decide?: (desk: Desk) => void } = {},
) {
  const world = await parties()
  const desk = new Desk(holds, 60_000)
  const interceptor = new Interceptor([`${world.mcp.origin}/mcp`], { ...wanted, holds })
  const proxy = await proxyFor(`${world.mcp.origin}/mcp`, { interception: { interceptor, desk } })
  const prm = `http://localhost:${proxy.port}/.well-known/oauth-protected-resource/mcp`
  const shown = (await (await fetch(prm)).json()) as { authorization_servers: string[] }
  const as = shown.authorization_servers[0]!
  await (await fetch(`${as}/.well-known/oauth-authorization-server`)).arrayBuffer()
  const headers = { 'Content-Type': 'application/json' }
  const asked = JSON.stringify({ client_name: 'x', redirect_uris: [own] })
  await (await fetch(`${as}/register`, { method: 'POST', headers, body: asked })).arrayBuffer()
  const request = { response_type: 'code', client_id: 'client-1', redirect_uri: own, state: 's' }
  await fetch(`${as}/authorize?${new URLSearchParams(request)}`, { redirect: 'manual' })
  const body = new URLSearchParams({ code: 'c', state: 's', iss: world.as.origin })
  const { relayPort } = proxy.tap.listening
  const sent = fetch(`http://127.0.0.1:${relayPort}/callback/x`, { method: 'POST', body })
  const isCallback = ({ request }: Exchange) => new URL(request.url).pathname === '/callback/x'
  if (decide !== undefined) {
    await proxy.report((one) => isCallback(one) && one.held !== undefined)
    decide(desk)
  }
  const page = await (await sent).text()
  const answered = await proxy.report((one) => isCallback(one) && one.endedAt !== undefined)
  return { page, answered }
}

test('a form is held, and what a person makes of it is posted on to the client', async () => {
  const holds = new Holds()
  holds.add('kind:callback')
  const { page, answered } = await postResponse(
    {},
    {
      holds,
      decide: (desk) => {
        const [id] = Array.from({ length: 20 }, (_, at) => String(at)).filter((one) => desk.at(one))
        const held = desk.at(id!)!
        const wanted = parseEdit('request.form.state=another')
        if ('error' in wanted) throw new Error(wanted.error)
        desk.decide(id!, { does: 'go', message: edit(held.message, wanted)!.message })
      },
    },
  )
  expect(page).toContain('<input type="hidden" name="state" value="another">')
  expect(page).toContain('<input type="hidden" name="code" value="c">')
  expect(changesIn(answered)).toMatchObject([
    { at: 'request.form.state', client: 'another', upstream: 's', by: 'person' },
  ])
})

test.each([
  ['authorization-response/state-wrong', 'name="state" value="of-another-login"'],
  ['authorization-response/error', 'name="error" value="server_error"'],
  ['authorization-response/iss-wrong', 'name="iss" value="https://other.example"'],
])('%s breaks a form as it does a query', async (id, expected) => {
  const fault = faults.find((one) => one.id === id)!
  const { page, answered } = await postResponse({ faults: [{ fault, when: () => true }] })
  expect(page).toContain(expected)
  expect(changesIn(answered).map((one) => one.fault)).toContain(id)
})

test('a form that is kept back does not reach the client', async () => {
  const fault = faults.find(({ id }) => id === 'authorization-response/never')!
  const { page } = await postResponse({ faults: [{ fault, when: () => true }] })
  expect(page).toContain('kept back on purpose')
  expect(page).not.toContain('value="c"')
})
