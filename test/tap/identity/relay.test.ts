import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Exchange } from '../../../src/core/wire/exchange.ts'
import { json, type Parties, parties, type Route } from '../parties.ts'
import { type Proxy, proxyFor } from '../wire.ts'

const prm = '/.well-known/oauth-protected-resource/mcp'
const asm = '/.well-known/oauth-authorization-server'
const own = 'http://127.0.0.1:51234/callback/x'

interface Start {
  readonly world: Parties
  readonly proxy: Proxy
  /** Local URLs. */
  readonly mcp: string
  readonly as: string
  readonly relay: number
}

async function start(
  options: Parameters<typeof proxyFor>[1] = {},
  changes: Parameters<typeof parties>[0] = {},
  metadata = {},
): Promise<Start> {
  const world = await parties(changes)
  Object.assign(world.metadata, metadata)
  const proxy = await proxyFor(`${world.mcp.origin}/mcp`, options)
  const mcp = `http://localhost:${proxy.port}`
  const shown = (await (await fetch(mcp + prm)).json()) as { authorization_servers: string[] }
  const as = shown.authorization_servers[0]!
  await (await fetch(as + asm)).arrayBuffer()
  return { world, proxy, mcp, as, relay: proxy.tap.listening.relayPort }
}

async function register(
  as: string,
  redirectUris: string[],
): Promise<{ client_id: string; redirect_uris: string[] }> {
  const body = JSON.stringify({ client_name: 'x', redirect_uris: redirectUris })
  const response = await fetch(`${as}/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
  })
  return (await response.json()) as { client_id: string; redirect_uris: string[] }
}

/** Where the browser is sent. */
async function location(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  expect(response.status).toBe(302)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('referrer-policy')).toBe('no-referrer')
  return response.headers.get('location')!
}

function authorize(as: string, params: Record<string, string>): Promise<string> {
  return location(
    `${as}/authorize?${new URLSearchParams({ response_type: 'code', client_id: 'client-1', ...params })}`,
  )
}

async function statusOf(url: string, headers: Record<string, string> = {}): Promise<number> {
  return (await fetch(url, { redirect: 'manual', headers })).status
}

const at = (path: string) => (exchange: Exchange) =>
  exchange.endedAt !== undefined && new URL(exchange.request.url).pathname === path

describe('registration', () => {
  test('the relay is registered beside the client, and hidden from it', async () => {
    const { world, proxy, as, relay } = await start()
    const mine = [own, 'https://app.example/cb', 'cursor://cb']
    const shown = await register(as, mine)
    expect(shown.redirect_uris).toEqual(mine)
    const relays = [`http://127.0.0.1:${relay}/callback/x`, `http://localhost:${relay}/~callback`]
    const sent = JSON.parse(world.as.bodies.at(-1)!) as { redirect_uris: string[] }
    expect(sent.redirect_uris).toEqual([...mine, ...relays])
    const exchange = await proxy.report(at('/register'))
    expect(JSON.parse(Buffer.from(exchange.request.body.bytes).toString())).toEqual(sent)
    expect(
      (JSON.parse(Buffer.from(exchange.response!.body.bytes).toString()) as typeof sent)
        .redirect_uris,
    ).toEqual([...mine, ...relays])
    const why = 'lets the authorization response come back through authtap'
    expect(exchange.touched.filter(({ at }) => at.includes('redirect_uris'))).toEqual([
      { at: 'request.json/redirect_uris/3', client: '', upstream: relays[0], why },
      { at: 'request.json/redirect_uris/4', client: '', upstream: relays[1], why },
      { at: 'response.json/redirect_uris/3', client: '', upstream: relays[0], why },
      { at: 'response.json/redirect_uris/4', client: '', upstream: relays[1], why },
    ])
  })

  test('one that is refused with the relay is made again, once, with the exact bytes of the client', async () => {
    const refuse: Route = (request, response, body) =>
      body.includes('~callback')
        ? json({ error: 'invalid_redirect_uri' }, 400)(request, response, body)
        : json({ client_id: 'c', redirect_uris: ['https://app.example/cb'] }, 201)(
            request,
            response,
            body,
          )
    const { world, proxy, as } = await start({}, { as: { 'POST /register': refuse } })
    const body = '{ "redirect_uris" : ["https://app.example/cb"],"n":1.0 }'
    const response = await fetch(`${as}/register`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    expect(response.status).toBe(201)
    expect(await response.json()).toEqual({
      client_id: 'c',
      redirect_uris: ['https://app.example/cb'],
    })
    expect(world.as.bodies.slice(-2)[1]).toBe(body)
    const exchange = await proxy.report(at('/register'))
    expect(Buffer.from(exchange.request.body.bytes).toString()).toBe(body)
    expect(exchange.response!.status).toBe(201)
    expect(exchange.touched.filter(({ at }) => at.includes('redirect_uris'))).toEqual([])
    expect(proxy.notices.map(({ code }) => code)).toContain('relay-uri-refused')
    expect(proxy.reports.filter(at('/register'))).toHaveLength(1)
  })

  test('one that is refused both times shows the second refusal', async () => {
    let count = 0
    const { as } = await start(
      {},
      {
        as: {
          'POST /register': (request, response, body) =>
            json({ error: `n${++count}` }, 403)(request, response, body),
        },
      },
    )
    const response = await fetch(`${as}/register`, {
      method: 'POST',
      body: JSON.stringify({ redirect_uris: [own] }),
    })
    expect(response.status).toBe(403)
    expect(await response.json()).toEqual({ error: 'n2' })
  })

  test('the management URL is local, and the relay stays hidden there', async () => {
    const { world, as, relay } = await start(
      {},
      {
        as: {
          'POST /register': (request, response, body) =>
            json(
              {
                client_id: 'client-1',
                registration_client_uri: `http://${request.headers.host}/clients/1`,
                ...(JSON.parse(body) as object),
              },
              201,
            )(request, response, body),
          '/clients/1': (request, response, body) =>
            json({
              client_id: 'client-1',
              redirect_uris:
                body === ''
                  ? [`http://127.0.0.1:${relay}/callback/x`, own]
                  : (JSON.parse(body) as { redirect_uris: string[] }).redirect_uris,
            })(request, response, body),
        },
      },
    )
    const registered = (await register(as, [own])) as unknown as { registration_client_uri: string }
    expect(registered.registration_client_uri).toBe(`${as}/clients/1`)
    const read = (await (await fetch(registered.registration_client_uri)).json()) as {
      redirect_uris: string[]
    }
    expect(read.redirect_uris).toEqual([own])
    const body = JSON.stringify({ client_id: 'client-1', redirect_uris: [own] })
    const put = await fetch(registered.registration_client_uri, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    expect(((await put.json()) as { redirect_uris: string[] }).redirect_uris).toEqual([own])
    expect(world.as.bodies.at(-1)).toContain(`:${relay}/`)
  })

  test.each([
    ['no JSON', 'not json'],
    ['no redirect URIs', '{"client_name":"x"}'],
    ['redirect URIs that are no list', '{"redirect_uris":"http://127.0.0.1/"}'],
    ['an empty list', '{"redirect_uris":[]}'],
  ])('one with %s passes as it is', async (_, body) => {
    const { world, as } = await start(
      {},
      { as: { 'POST /register': json({ error: 'invalid_client_metadata' }, 400) } },
    )
    await fetch(`${as}/register`, { method: 'POST', body })
    expect(world.as.bodies.at(-1)).toBe(body)
    expect(world.as.asked.filter((asked) => asked === 'POST /register')).toHaveLength(1)
  })

  test('without a relay nothing is added', async () => {
    const { world, proxy, as } = await start({ relay: 'never' })
    await register(as, [own])
    expect(
      (JSON.parse(world.as.bodies.at(-1)!) as { redirect_uris: string[] }).redirect_uris,
    ).toEqual([own])
    expect(proxy.tap.listening.relayPort).toBe(0)
  })
})

describe('authorization', () => {
  test('the browser is sent to the real endpoint, the answer comes back, and the code is redeemed', async () => {
    const { world, proxy, mcp, as, relay } = await start()
    await register(as, [own])
    const relayUri = `http://127.0.0.1:${relay}/callback/x`
    const there = new URL(
      await authorize(as, {
        redirect_uri: own,
        state: 's+1&',
        resource: `${mcp}/mcp`,
        scope: 'a b',
        code_challenge: 'x',
      }),
    )
    expect(there.origin + there.pathname).toBe(`${world.as.origin}/authorize`)
    expect([...there.searchParams]).toEqual([
      ['response_type', 'code'],
      ['client_id', 'client-1'],
      ['redirect_uri', relayUri],
      ['state', 's+1&'],
      ['resource', `${world.mcp.origin}/mcp`],
      ['scope', 'a b'],
      ['code_challenge', 'x'],
    ])
    const asked = await proxy.report(at('/authorize'))
    expect(asked.request).toMatchObject({ method: 'GET', url: there.href })
    expect(asked.request.via).toContain(`${as}/authorize?`)
    expect(asked).toMatchObject({ handedOver: true })
    expect(asked.response).toBeUndefined()
    expect(asked.touched.filter(({ at }) => at.includes('query'))).toEqual([
      {
        at: 'request.query.resource',
        client: `${mcp}/mcp`,
        upstream: `${world.mcp.origin}/mcp`,
        why: 'origin mapped',
      },
      {
        at: 'request.query.redirect_uri',
        client: own,
        upstream: relayUri,
        why: 'the authorization response comes back through authtap',
      },
    ])

    const query = `code=the-code&state=${encodeURIComponent('s+1&')}&iss=${encodeURIComponent(world.as.origin)}&x=%7e`
    const back = await location(`${relayUri}?${query}`, { headers: { Cookie: 'a=b' } })
    expect(back).toBe(
      `${own}?${query.replace(encodeURIComponent(world.as.origin), encodeURIComponent(as))}`,
    )
    const answered = await proxy.report(at('/callback/x'))
    expect(answered.request).toMatchObject({
      method: 'GET',
      url: `${own}?${query}`,
      via: `${relayUri}?${query}`,
    })
    expect(answered).toMatchObject({ handedOver: true })
    expect(answered.request.headers.map(([name]) => name.toLowerCase())).not.toContain('cookie')
    expect(answered.touched).toEqual([
      { at: 'request.query.iss', client: as, upstream: world.as.origin, why: 'origin mapped' },
    ])

    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'the-code',
      redirect_uri: own,
      resource: `${mcp}/mcp`,
      code_verifier: 'v',
    })
    await fetch(`${as}/token`, { method: 'POST', body: form })
    expect([...new URLSearchParams(world.as.bodies.at(-1))]).toEqual([
      ['grant_type', 'authorization_code'],
      ['code', 'the-code'],
      ['redirect_uri', relayUri],
      ['resource', `${world.mcp.origin}/mcp`],
      ['code_verifier', 'v'],
    ])
    const redeemed = await proxy.report(at('/token'))
    expect(Buffer.from(redeemed.request.body.bytes).toString()).toBe(world.as.bodies.at(-1))
    expect(redeemed.touched.map(({ at }) => at)).toEqual([
      'request.header.host[0]',
      'request.form.resource',
      'request.form.redirect_uri',
    ])
  })

  test('an answer is taken once, and only for a request that was seen', async () => {
    const { proxy, as, relay } = await start()
    await register(as, [own])
    await authorize(as, { redirect_uri: own, state: 's1' })
    const url = `http://127.0.0.1:${relay}/callback/x?code=c&state=`
    expect(await statusOf(`http://127.0.0.1:${relay}/other?code=c&state=s1`)).toBe(400)
    expect(await location(`${url}s1`)).toBe(`${own}?code=c&state=s1`)
    expect(await statusOf(`${url}s1`)).toBe(400)
    await authorize(as, { redirect_uri: own, state: 's2' })
    expect(await statusOf(`${url}s1`)).toBe(400)
    expect(await statusOf(`http://127.0.0.1:${relay}/callback/x`)).toBe(400)
    expect(proxy.notices.map(({ code }) => code)).toContain('callback-unknown')
  })

  test.each([
    ['another state', '&state=other'],
    ['no state', ''],
  ])(
    'an answer with %s is for the client to refuse, and the right one may still come',
    async (_, sent) => {
      const { world, proxy, as, relay } = await start()
      await register(as, [own])
      await authorize(as, { redirect_uri: own, state: 's1' })
      const url = `http://127.0.0.1:${relay}/callback/x?code=c`
      const iss = `&iss=${encodeURIComponent(world.as.origin)}`
      const local = `&iss=${encodeURIComponent(as)}`
      expect(await location(`${url}${sent}${iss}`)).toBe(`${own}?code=c${sent}${local}`)
      const answered = await proxy.report(at('/callback/x'))
      expect(answered).toMatchObject({
        handedOver: true,
        request: { url: `${own}?code=c${sent}${iss}` },
      })
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'c',
        redirect_uri: own,
      })
      await fetch(`${as}/token`, { method: 'POST', body: form })
      expect(new URLSearchParams(world.as.bodies.at(-1)).get('redirect_uri')).toBe(
        `http://127.0.0.1:${relay}/callback/x`,
      )
      expect(await location(`${url}&state=s1`)).toBe(`${own}?code=c&state=s1`)
      expect(await statusOf(`${url}${sent}`)).toBe(400)
    },
  )

  test('an answer with another state goes nowhere when two are waited for, or when a page asks in the background', async () => {
    const { as, relay } = await start()
    await register(as, [own])
    const url = `http://127.0.0.1:${relay}/callback/x?code=c&state=other`
    await authorize(as, { redirect_uri: own, state: 's1' })
    expect(await statusOf(url, { 'Sec-Fetch-Site': 'cross-site' })).toBe(400)
    await authorize(as, { redirect_uri: own, state: 's2' })
    expect(await statusOf(url)).toBe(400)
  })

  test('a client that sends no state gets none back', async () => {
    const { proxy, as, relay } = await start()
    await register(as, [own])
    const there = new URL(await authorize(as, { redirect_uri: own }))
    const state = there.searchParams.get('state')!
    expect(state).toMatch(/^[\w-]{20,}$/)
    expect(await location(`http://127.0.0.1:${relay}/callback/x?code=c&state=${state}&iss=x`)).toBe(
      `${own}?code=c&iss=x`,
    )
    const answered = await proxy.report(at('/callback/x'))
    expect(answered.touched).toEqual([
      {
        at: 'request.query.state',
        client: '',
        upstream: state,
        why: 'authtap added a state, because the client sent none',
      },
    ])
  })

  test.each([
    ['https://evil.example', 'https://evil.example'],
    ['AS/', 'LOCAL/'],
    ['AS', 'LOCAL'],
  ])('an iss of %s is as right or wrong for the client', async (iss, shown) => {
    const { world, as, relay } = await start()
    await register(as, [own])
    await authorize(as, { redirect_uri: own, state: 's' })
    const sent = iss.replace('AS', world.as.origin)
    const back = new URL(
      await location(
        `http://127.0.0.1:${relay}/callback/x?code=c&state=s&iss=${encodeURIComponent(sent)}`,
      ),
    )
    expect(back.searchParams.get('iss')).toBe(shown.replace('LOCAL', as))
  })

  test('an error comes back as it is', async () => {
    const { as, relay } = await start()
    await register(as, [own])
    await authorize(as, { redirect_uri: own, state: 's' })
    const query = 'error=access_denied&error_description=no%20way&state=s'
    expect(await location(`http://127.0.0.1:${relay}/callback/x?${query}`)).toBe(`${own}?${query}`)
  })

  test('the query of a redirect URI comes back as the server returns it', async () => {
    const { as, relay } = await start()
    await register(as, [`${own}?app=1`])
    await authorize(as, { redirect_uri: `${own}?app=1`, state: 's' })
    const back = await location(`http://127.0.0.1:${relay}/callback/x?app=1&code=c&state=s`)
    expect(back).toBe(`${own}?app=1&code=c&state=s`)
  })

  test('a custom scheme that was registered here comes back through the relay', async () => {
    const { as, relay } = await start()
    await register(as, ['cursor://anysphere/cb?x=1'])
    const there = new URL(
      await authorize(as, { redirect_uri: 'cursor://anysphere/cb?x=1', state: 's' }),
    )
    const relayUri = there.searchParams.get('redirect_uri')!
    expect(relayUri).toBe(`http://localhost:${relay}/~callback`)
    expect(await location(`${relayUri}?code=c&state=s`)).toBe(
      'cursor://anysphere/cb?x=1&code=c&state=s',
    )
  })

  test('a redirect URI that was not registered is not smuggled in by the relay', async () => {
    const { as } = await start()
    await register(as, [own, 'cursor://cb'])
    for (const redirectUri of [
      'cursor://other',
      'https://evil.example/',
      `${own}/`,
      'http://localhost:51234/callback/x',
    ]) {
      const there = new URL(await authorize(as, { redirect_uri: redirectUri, state: 's' }))
      expect(there.searchParams.get('redirect_uri')).toBe(redirectUri)
    }
  })

  test('nothing in a redirect URI breaks out of the Location field', async () => {
    const { as, relay } = await start()
    const odd = 'http://127.0.0.1:51234/\r\nX: y/\u00e9\ud83d\ude00'
    await register(as, [odd])
    const there = await authorize(as, { redirect_uri: odd, state: 's', x: '\r\n' })
    const relayUri = new URL(new URL(there).searchParams.get('redirect_uri')!)
    expect(relayUri.port).toBe(String(relay))
    const back = await location(`${relayUri.href}?code=c&state=s`)
    expect(back).toBe('http://127.0.0.1:51234/%0d%0aX:%20y/%c3%a9%f0%9f%98%80?code=c&state=s')
  })

  test('a form is posted on to the client', async () => {
    const { world, proxy, as, relay } = await start()
    await register(as, [own])
    await authorize(as, { redirect_uri: own, state: '"<s>', response_mode: 'form_post' })
    const body = new URLSearchParams({ code: 'c', state: '"<s>', iss: world.as.origin })
    const response = await fetch(`http://127.0.0.1:${relay}/callback/x`, {
      method: 'POST',
      body,
      headers: { Origin: 'https://as.example' },
    })
    const page = await response.text()
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'sha256-/,
    )
    expect(page).toContain(`<form method="post" action="${own}">`)
    expect(page).toContain('<input type="hidden" name="state" value="&#34;&#60;s&#62;">')
    expect(page).toContain(`<input type="hidden" name="iss" value="${as}">`)
    const answered = await proxy.report(at('/callback/x'))
    expect(answered.request).toMatchObject({ method: 'POST', url: own })
    expect(Buffer.from(answered.request.body.bytes).toString()).toBe(body.toString())
    expect(answered.touched).toMatchObject([
      { at: 'request.form.iss', client: as, upstream: world.as.origin },
    ])
  })

  test('a posted authorization request is sent on as one that is got', async () => {
    const { world, proxy, mcp, as } = await start()
    const body = new URLSearchParams({ client_id: 'c', resource: `${mcp}/mcp` })
    const there = await location(`${as}/authorize?display=page`, { method: 'POST', body })
    const resource = encodeURIComponent(`${world.mcp.origin}/mcp`)
    expect(there).toBe(`${world.as.origin}/authorize?display=page&client_id=c&resource=${resource}`)
    expect((await proxy.report(at('/authorize'))).request).toMatchObject({
      method: 'GET',
      url: there,
    })
  })

  test('a parameter that is not translated keeps its spelling', async () => {
    const { world, as } = await start({ relay: 'never' })
    const there = await location(`${as}/authorize?a=%7e+b&&redirect_uri=http%3a//127.0.0.1/&c`)
    expect(there).toBe(`${world.as.origin}/authorize?a=%7e+b&&redirect_uri=http%3a//127.0.0.1/&c`)
  })
})

describe('a client that the server knows from elsewhere', () => {
  const issAdvertised = { authorization_response_iss_parameter_supported: true }

  test('keeps its redirect URI when the server does not advertise iss', async () => {
    const { as } = await start()
    const there = new URL(await authorize(as, { redirect_uri: own, state: 's' }))
    expect(there.searchParams.get('redirect_uri')).toBe(own)
  })

  test('has only the port replaced when it does', async () => {
    const { as, relay } = await start({}, {}, issAdvertised)
    const there = new URL(
      await authorize(as, { redirect_uri: 'http://localhost/callback', state: 's' }),
    )
    expect(there.searchParams.get('redirect_uri')).toBe(`http://localhost:${relay}/callback`)
    expect(await location(`http://localhost:${relay}/callback?code=c&state=s`)).toBe(
      'http://localhost/callback?code=c&state=s',
    )
  })

  test('has the port replaced with --relay always', async () => {
    const { as, relay } = await start({ relay: 'always' })
    const there = new URL(await authorize(as, { redirect_uri: own, state: 's' }))
    expect(there.searchParams.get('redirect_uri')).toBe(`http://127.0.0.1:${relay}/callback/x`)
  })

  /** What the server does with a redirect URI on the port of the relay, and with any other. */
  type Answers = readonly [toOurs: Answering, toOwn: Answering]
  type Answering = number | 'sent back' | 'sent to log in' | 'cut off'

  const answer =
    ([toOurs, toOwn]: Answers, relay: () => number): Route =>
    (request, response) => {
      const { searchParams } = new URL(request.url!, 'http://as.example')
      const redirectUri = searchParams.get('redirect_uri')!
      const what = new URL(redirectUri).port === String(relay()) ? toOurs : toOwn
      if (what === 'cut off') return void response.destroy()
      if (typeof what === 'number') return void response.writeHead(what).end('a page')
      const back = `${redirectUri}?error=login_required&state=${searchParams.get('state')}`
      const location = what === 'sent back' ? back : `/login/?then=${searchParams.get('state')}`
      response.writeHead(302, { Location: location }).end()
    }

  /** A server that answers like this, and what redirect URI each further attempt is sent with. */
  async function attempting(answers: Answers, options: Parameters<typeof proxyFor>[1] = {}) {
    const relay = { port: 0 }
    const route = answer(answers, () => relay.port)
    const started = await start(options, { as: { 'GET /authorize': route } }, issAdvertised)
    relay.port = started.relay
    const attempt = async (state: string, clientId = 'client-1') => {
      const params = { redirect_uri: own, state, client_id: clientId }
      const there = new URL(await authorize(started.as, params))
      return there.searchParams.get('redirect_uri') === own ? 'own' : 'relay'
    }
    const codes = () => started.proxy.notices.map(({ code }) => code)
    return { ...started, attempt, codes }
  }

  const proofs: [Answers][] = [
    [[400, 200]],
    [[400, 'sent to log in']],
    [[404, 'sent back']],
    [[500, 200]],
    [[200, 'sent back']],
    [['sent to log in', 'sent back']],
  ]
  test.each(proofs)('is left alone when the server answers %j', async (answers) => {
    const { attempt, codes, proxy, relay, world } = await attempting(answers)
    expect(await attempt('s1')).toBe('relay')
    expect(codes()).toEqual([])
    expect(await attempt('s2')).toBe('own')
    expect(codes()).toEqual(['redirect-port-exact'])
    const sent = `http://127.0.0.1:${relay}/callback/x`
    expect(proxy.notices[0]!.text).toContain(`sent ${sent} in place of ${own}`)
    expect(await attempt('s3')).toBe('own')
    // So is the first page, loaded again.
    expect(await attempt('s1')).toBe('own')
    expect(await attempt('s4', 'client-2')).toBe('relay')
    // Whoever took long over the first login is let through all the same, and has shown what the server takes.
    expect(await location(`${sent}?code=c&state=s1`)).toBe(`${own}?code=c&state=s1`)
    expect(await attempt('s5')).toBe('relay')
    expect(world.as.asked.filter((asked) => asked.includes('/authorize'))).toHaveLength(2)
  })

  const noProofs: [Answers][] = [
    [[200, 200]],
    [[404, 404]],
    [[400, 500]],
    [[503, 200]],
    [[429, 'sent to log in']],
    [['sent to log in', 'sent to log in']],
    [['sent back', 400]],
    [['cut off', 200]],
    [[400, 'cut off']],
  ]
  test.each(noProofs)('goes on being replaced when the server answers %j', async (answers) => {
    const { attempt, codes } = await attempting(answers)
    for (const state of ['s1', 's1', 's2', 's3', 's4']) expect(await attempt(state)).toBe('relay')
    expect(codes().filter((code) => code !== 'redirect-port-unclear')).toEqual([])
  })

  test('is asked about without a user, and beside the record', async () => {
    const { as, world, attempt, proxy } = await attempting([400, 200])
    const params = { redirect_uri: own, state: 's1', prompt: 'consent' }
    const url = `${as}/authorize?client_id=client-1&${new URLSearchParams(params)}`
    await location(url, { headers: { Cookie: 'a=b', 'User-Agent': 'a browser' } })
    expect(await attempt('s2')).toBe('own')
    const asked = world.as.asked.filter((line) => line.startsWith('GET /authorize'))
    expect(asked).toHaveLength(2)
    for (const line of asked) {
      const { searchParams } = new URL(line.split(' ')[1]!, as)
      expect(searchParams.getAll('prompt')).toEqual(['none'])
    }
    const headers = world.as.headers.at(-1)!
    expect([headers.cookie, headers['user-agent']]).toEqual([undefined, 'a browser'])
    await proxy.report((exchange) => exchange.request.url.includes('state=s2'))
    const recorded = proxy.reports.filter(({ request }) => request.url.includes('/authorize'))
    expect(recorded.every(({ request }) => !request.url.includes('prompt=none'))).toBe(true)
  })

  test('is left alone for once when nobody can say and two in a row had no answer', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const { as, attempt, codes } = await attempting([404, 404])
    const sent: string[] = []
    for (const minute of [0, 1, 2, 3, 4, 5]) {
      vi.setSystemTime(minute * 60_000)
      sent.push(await attempt(`s${minute}`))
    }
    expect(sent).toEqual(['relay', 'relay', 'own', 'relay', 'relay', 'own'])
    const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: 'client-1' })
    body.set('code', 'one that went past the relay')
    await fetch(`${as}/token`, { method: 'POST', body })
    expect(await attempt('s6')).toBe('own')
    expect(codes()).toEqual(['redirect-port-unclear', 'redirect-port-trial', 'redirect-port-trial'])
  })

  test('has the port replaced for ever with --relay always', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const { attempt } = await attempting([404, 404], { relay: 'always' })
    for (const minute of [0, 1, 2, 3]) {
      vi.setSystemTime(minute * 60_000)
      expect(await attempt(`s${minute}`)).toBe('relay')
    }
  })

  test('goes on being replaced when answers come', async () => {
    const { as, relay } = await start({}, {}, issAdvertised)
    for (const state of ['s1', 's2']) {
      await authorize(as, { redirect_uri: own, state })
      await location(`http://127.0.0.1:${relay}/callback/x?code=${state}&state=${state}`)
    }
  })

  test.each(['https://app.example/cb', 'cursor://cb', 'http://192.0.2.1/cb', 'nonsense'])(
    '%s cannot be relayed, which is told',
    async (redirectUri) => {
      const { proxy, as } = await start({}, {}, issAdvertised)
      const there = new URL(await authorize(as, { redirect_uri: redirectUri, state: 's' }))
      expect(there.searchParams.get('redirect_uri')).toBe(redirectUri)
      expect(proxy.notices.map(({ code }) => code)).toEqual(['redirect-not-relayable'])
    },
  )

  test('a registration whose answer lacks the relay counts as one made elsewhere', async () => {
    const { as } = await start(
      {},
      { as: { 'POST /register': json({ client_id: 'client-1', redirect_uris: [own] }, 201) } },
    )
    await register(as, [own])
    const there = new URL(await authorize(as, { redirect_uri: own, state: 's' }))
    expect(there.searchParams.get('redirect_uri')).toBe(own)
  })

  test('a signed request is not touched, which is told', async () => {
    const { proxy, as } = await start({ relay: 'always' })
    const there = new URL(await authorize(as, { redirect_uri: own, state: 's', request: 'x.y.z' }))
    expect(there.searchParams.get('redirect_uri')).toBe(own)
    expect(proxy.notices.map(({ code }) => code)).toEqual(['signed-request'])
  })
})

test('a registration made in an earlier run still comes back through the relay', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'authtap-test-'))
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }))
  const world = await parties()
  const begin = async () => {
    const { tap } = await proxyFor(`${world.mcp.origin}/mcp`, {
      stateDir,
      port: undefined as never,
    })
    const prmUrl = tap.url(world.mcp.origin + prm)
    await (await fetch(prmUrl)).arrayBuffer()
    const as = tap.url(world.as.origin)
    await (await fetch(as + asm)).arrayBuffer()
    return { tap, as, relay: tap.listening.relayPort }
  }
  const first = await begin()
  await register(first.as, [own, 'cursor://cb'])
  await first.tap.stop()
  const second = await begin()
  expect([second.as, second.relay]).toEqual([first.as, first.relay])
  for (const [redirectUri, path] of [
    [own, '127.0.0.1:PORT/callback/x'],
    ['cursor://cb', 'localhost:PORT/~callback'],
  ] as const) {
    const there = new URL(await authorize(second.as, { redirect_uri: redirectUri, state: path }))
    const expected = `http://${path.replace('PORT', String(second.relay))}`
    expect(there.searchParams.get('redirect_uri')).toBe(expected)
  }
  expect(await readFile(join(stateDir, 'state.json'), 'utf8')).not.toContain('client-1')
})

describe('pushed and device requests', () => {
  test('a pushed request is translated, and its answer relayed', async () => {
    const { world, mcp, as, relay } = await start(
      {},
      { as: { 'POST /par': json({ request_uri: 'urn:ietf:params:oauth:request_uri:1' }, 201) } },
    )
    Object.assign(world.metadata, {
      pushed_authorization_request_endpoint: `${world.as.origin}/par`,
    })
    await (await fetch(as + asm)).arrayBuffer()
    await register(as, [own])
    const body = new URLSearchParams({
      client_id: 'client-1',
      redirect_uri: own,
      state: 's',
      resource: `${mcp}/mcp`,
    })
    await fetch(`${as}/par`, { method: 'POST', body })
    const pushed = new URLSearchParams(world.as.bodies.at(-1))
    expect(pushed.get('redirect_uri')).toBe(`http://127.0.0.1:${relay}/callback/x`)
    expect(pushed.get('resource')).toBe(`${world.mcp.origin}/mcp`)
    const there = await authorize(as, { request_uri: 'urn:ietf:params:oauth:request_uri:1' })
    expect(new URL(there).searchParams.get('request_uri')).toBe(
      'urn:ietf:params:oauth:request_uri:1',
    )
    expect(await location(`http://127.0.0.1:${relay}/callback/x?code=c&state=s`)).toBe(
      `${own}?code=c&state=s`,
    )
  })

  test('a pushed request that is refused for its port is told, and the next one is left alone', async () => {
    const refuse: Route = (request, response, body) =>
      new URLSearchParams(body).get('redirect_uri') === own
        ? json({ request_uri: 'urn:ietf:params:oauth:request_uri:1' }, 201)(request, response, body)
        : json(
            { error: 'invalid_request', error_description: 'redirect_uri is not registered' },
            400,
          )(request, response, body)
    const { world, proxy, as } = await start({}, { as: { 'POST /par': refuse } })
    Object.assign(world.metadata, {
      authorization_response_iss_parameter_supported: true,
      pushed_authorization_request_endpoint: `${world.as.origin}/par`,
    })
    await (await fetch(as + asm)).arrayBuffer()
    const push = async (state: string) => {
      const body = new URLSearchParams({ client_id: 'client-1', redirect_uri: own, state })
      const response = await fetch(`${as}/par`, { method: 'POST', body })
      await response.arrayBuffer()
      return response.status
    }
    expect(await push('s1')).toBe(400)
    await proxy.report(at('/par'))
    expect(proxy.notices.map(({ code }) => code)).toEqual(['redirect-port-exact'])
    expect(await push('s2')).toBe(201)
  })

  test('a device authorization request is translated, its answer is not', async () => {
    const { world, mcp, as } = await start(
      {},
      {
        as: {
          'POST /device': (request, response) =>
            json({ verification_uri: `http://${request.headers.host}/device` })(
              request,
              response,
              '',
            ),
        },
      },
    )
    Object.assign(world.metadata, { device_authorization_endpoint: `${world.as.origin}/device` })
    await (await fetch(as + asm)).arrayBuffer()
    const body = new URLSearchParams({ client_id: 'c', resource: `${mcp}/mcp` })
    const answer = (await (await fetch(`${as}/device`, { method: 'POST', body })).json()) as {
      verification_uri: string
    }
    expect(new URLSearchParams(world.as.bodies.at(-1)).get('resource')).toBe(
      `${world.mcp.origin}/mcp`,
    )
    expect(answer.verification_uri).toBe(`${world.as.origin}/device`)
  })
})

describe('token requests', () => {
  async function redeem(change: Record<string, string>): Promise<URLSearchParams> {
    const { world, as, relay } = await start()
    await register(as, [own])
    await authorize(as, { redirect_uri: own, state: 's' })
    await location(`http://127.0.0.1:${relay}/callback/x?code=c&state=s`)
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: 'c',
      redirect_uri: own,
      ...change,
    })
    await fetch(`${as}/token`, { method: 'POST', body })
    return new URLSearchParams(world.as.bodies.at(-1))
  }

  test('another redirect URI than the client sent before stays wrong', async () => {
    expect((await redeem({ redirect_uri: `${own}/` })).get('redirect_uri')).toBe(`${own}/`)
  })

  test('a code that did not come through the relay leaves the redirect URI alone', async () => {
    expect((await redeem({ code: 'another' })).get('redirect_uri')).toBe(own)
  })

  test('JSON in the place of a form is translated, as far as it names servers', async () => {
    const { world, mcp, as } = await start()
    const body = JSON.stringify({ resource: `${mcp}/mcp` })
    await fetch(`${as}/token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    })
    const sent = JSON.stringify({ resource: `${world.mcp.origin}/mcp` })
    expect(world.as.bodies.at(-1)).toBe(sent)
  })

  test('an assertion signed for the local name is told, and not touched', async () => {
    const { world, proxy, as } = await start()
    const assertion = `e30.${Buffer.from(JSON.stringify({ aud: ['x', `${as}/token`] })).toString('base64url')}.x`
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion: assertion,
    })
    await fetch(`${as}/token`, { method: 'POST', body })
    expect(new URLSearchParams(world.as.bodies.at(-1)).get('client_assertion')).toBe(assertion)
    expect(proxy.notices.map(({ code }) => code)).toEqual(['assertion-cannot-pass'])
  })

  test('an id_token in the answer is told', async () => {
    const { proxy, as } = await start(
      {},
      { as: { 'POST /token': json({ access_token: 'x', id_token: 'y' }) } },
    )
    await (
      await fetch(`${as}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) })
    ).arrayBuffer()
    await proxy.report(at('/token'))
    expect(proxy.notices.map(({ code }) => code)).toEqual(['id-token-issuer'])
  })
})

describe('a server without metadata (MCP 2025-03-26)', () => {
  test('the endpoints of the specification stand on the MCP server itself', async () => {
    const world = await parties({ mcp: { 'POST /token': json({}) } })
    const { port } = await proxyFor(`${world.mcp.origin}/mcp`)
    const mcp = `http://localhost:${port}`
    expect(await authorize(mcp, { resource: `${mcp}/mcp` })).toContain(
      `${world.mcp.origin}/authorize?`,
    )
    await fetch(`${mcp}/token`, {
      method: 'POST',
      body: new URLSearchParams({ resource: `${mcp}/mcp` }),
    })
    expect(new URLSearchParams(world.mcp.bodies.at(-1)).get('resource')).toBe(
      `${world.mcp.origin}/mcp`,
    )
  })

  test('a server with metadata has the endpoints it names, and no others', async () => {
    const { world, as } = await start()
    Object.assign(world.metadata, { authorization_endpoint: `${world.as.origin}/elsewhere` })
    await (await fetch(as + asm)).arrayBuffer()
    expect(await location(`${as}/elsewhere?x=1`)).toBe(`${world.as.origin}/elsewhere?x=1`)
    expect((await fetch(`${as}/other`, { redirect: 'manual' })).status).toBe(404)
  })
})
