import { createHash, randomBytes } from 'node:crypto'
import { clearTimeout, setTimeout } from 'node:timers'
import { setTimeout as pause } from 'node:timers/promises'
import { URLSearchParams } from 'node:url'

const { AbortController, fetch } = globalThis

/** What ended a client before it was through: it chose to, or the other side was not there. */
class Left extends Error {}

/** A client that logs in, calls, streams and renews its token, and in a storm leaves at any moment. */
export class Client {
  #url
  #chance
  #storm
  #done
  #until
  #id = 0
  #token

  /**
   * @param until from then on it does no more than it must to get through
   * @param done is told the method and the URL of every request whose response was read to its end
   */
  constructor(url, chance, { storm, until, done }) {
    this.#url = url
    this.#chance = chance
    this.#storm = storm
    this.#done = done
    this.#until = until
  }

  /** Resolves with whether it got through, and why not. */
  async run() {
    try {
      await this.#life()
      return { through: true }
    } catch (error) {
      if (
        error instanceof Left ||
        error.name === 'AbortError' ||
        error.message === 'fetch failed' ||
        error.message === 'terminated'
      )
        return { through: false, why: error.message }
      throw error
    }
  }

  async #life() {
    const challenge = await this.#call('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'soak', version: '1' },
    })
    if (challenge.status !== 401) throw new Left(`the first call was answered ${challenge.status}`)
    const metadata = /resource_metadata="([^"]+)"/.exec(
      challenge.headers.get('www-authenticate'),
    )[1]
    const resource = await this.#json(metadata)
    const server = await this.#json(
      `${resource.authorization_servers[0]}/.well-known/oauth-authorization-server`,
    )
    const redirect = `http://127.0.0.1:${20_000 + this.#chance.below(20_000)}/callback`
    const { client_id: client } = await this.#json(server.registration_endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_name: 'soak',
        application_type: 'native',
        redirect_uris: [redirect],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
    })
    const about = { client, redirect, resource: resource.resource, server }
    let refresh = await this.#logIn(about)
    await this.#call('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'soak', version: '1' },
    })
    for (let round = this.#chance.below(4); round >= 0 && !this.#isLate; round -= 1) {
      await this.#use()
      refresh = await this.#redeem(about, { grant_type: 'refresh_token', refresh_token: refresh })
    }
    await this.#use()
  }

  async #logIn(about) {
    const { client, redirect, resource, server } = about
    const verifier = randomBytes(32).toString('base64url')
    const state = randomBytes(16).toString('base64url')
    const query = {
      response_type: 'code',
      client_id: client,
      redirect_uri: redirect,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      resource,
    }
    let place = `${server.authorization_endpoint}?${new URLSearchParams(query)}`
    for (let turns = 0; !place.startsWith(redirect); turns += 1) {
      const response = await this.#fetch(place, { redirect: 'manual' })
      const next = response.headers.get('location')
      if (next === null || turns > 5) throw new Left(`the browser stopped at ${response.status}`)
      place = next
    }
    const code = new URL(place).searchParams.get('code')
    return this.#redeem(about, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirect,
      code_verifier: verifier,
    })
  }

  async #redeem({ client, resource, server }, form) {
    const answer = await this.#json(server.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({ ...form, client_id: client, resource }),
    })
    if (answer.access_token === undefined) throw new Left(`no token: ${answer.error}`)
    this.#token = answer.access_token
    return answer.refresh_token
  }

  async #use() {
    await this.#call('tools/list')
    for (let calls = this.#chance.below(30); calls > 0 && !this.#isLate; calls -= 1) {
      const { status } = await this.#call('tools/call', {
        name: 'echo',
        arguments: { text: 'x'.repeat(this.#chance.few(5000)) },
      })
      if (status !== 200) throw new Left(`a call was answered ${status}`)
      await pause(this.#chance.few(400))
    }
    if (this.#chance.is(0.5) && !this.#isLate)
      await this.#fetch(this.#url, { headers: { Accept: 'text/event-stream', ...this.#bearer } })
  }

  get #isLate() {
    return Date.now() > this.#until
  }

  get #bearer() {
    return this.#token === undefined ? {} : { Authorization: `Bearer ${this.#token}` }
  }

  #call(method, params = {}) {
    this.#id += 1
    return this.#fetch(this.#url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        'MCP-Protocol-Version': '2025-11-25',
        ...this.#bearer,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: this.#id, method, params }),
    })
  }

  async #json(url, init) {
    const response = await this.#fetch(url, init)
    if (!response.headers.get('content-type')?.includes('json'))
      throw new Left(`no JSON but ${response.status}`)
    return JSON.parse(response.text)
  }

  /** The whole response. In a storm it may leave before it is there. */
  async #fetch(url, init = {}) {
    const leaving = new AbortController()
    const timer =
      this.#storm && this.#chance.is(0.04)
        ? setTimeout(() => leaving.abort(), this.#chance.few(60))
        : undefined
    try {
      const response = await fetch(url, { ...init, signal: leaving.signal })
      const text = await response.text()
      this.#done(init.method ?? 'GET', new URL(url))
      return { status: response.status, headers: response.headers, text }
    } finally {
      clearTimeout(timer)
    }
  }
}
