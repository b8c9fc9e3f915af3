import { randomBytes } from 'node:crypto'
import { type JsonObject, stringMember, stringsMember } from '../../../core/wire/json.ts'
import type { Answer, Asker } from '../asker.ts'
import type { Discovered } from '../discovery.ts'
import { isWeb } from '../documents.ts'
import type { ProbeOptions } from '../options.ts'
import { resultOf } from '../messages.ts'
import { open } from '../opening.ts'
import { became, seen } from '../words.ts'
import { type Callback, awaitBrowser } from './callback.ts'
import { authenticated, becomeClient, ownClient } from './client.ts'
import { type Asked, type LoginOptions, askPerson } from './person.ts'
import { type TokenSource, type Tokens, requestTokens, tellToken } from './tokens.ts'

const part = 'Login'

/** Logs in, uses the token, renews it, and gives everything back. Tokens are kept in memory alone. */
export async function logIn(
  asker: Asker,
  options: ProbeOptions,
  login: LoginOptions,
  found: Discovered,
): Promise<void> {
  const { tell } = options
  const server = found.servers[0]
  const endpoint = stringMember(server?.document, 'token_endpoint')
  if (server === undefined || endpoint === undefined || !isWeb(endpoint)) {
    const text = found.isOpen
      ? 'no token is asked for: there is nothing to log in to'
      : 'no authorization server to log in at'
    return tell({ part, mark: found.isOpen ? 'plain' : 'bad', text })
  }
  const resource = stringMember(found.resourceMetadata?.document, 'resource') ?? found.target
  const issuer = stringMember(server.document, 'issuer') ?? server.issuer
  const scope = login.scope ?? found.challengeScope ?? scopesOf(found)
  const base = { endpoint, issuer, resource }
  const asked = { ...base, server: server.document, scope, login }
  const { recorder, connection, emit } = options
  const callback =
    login.way === 'browser' ? await awaitBrowser({ recorder, connection, emit }) : undefined
  try {
    const got =
      callback === undefined
        ? await asMachine(asker, options, asked)
        : await asPerson(asker, options, asked, callback)
    if (got === undefined) return
    const { source, tokens } = got
    tellToken(tokens, source, scope, tell)
    await use(asker, options, tokens.access)
    const last = await renew(asker, options, source, tokens)
    await giveBack(asker, options, source, server.document, last)
  } finally {
    // Open until the end: a browser that comes again is to be seen.
    callback?.stop()
    if (callback !== undefined && callback.visits > 1)
      tell({ part, mark: 'bad', text: `the browser came back ${callback.visits} times` })
  }
}

/** What the resource metadata lists, where the challenge names nothing (MCP 2025-11-25 Scope Selection Strategy). */
function scopesOf({ resourceMetadata }: Discovered): string | undefined {
  const listed = stringsMember(resourceMetadata?.document, 'scopes_supported') ?? []
  return listed.length === 0 ? undefined : listed.join(' ')
}

interface Got {
  readonly source: TokenSource
  readonly tokens: Tokens
}

/** RFC 6749 §4.4. */
async function asMachine(
  asker: Asker,
  { tell }: ProbeOptions,
  { server, scope, login, ...base }: Asked,
): Promise<Got | undefined> {
  const source = { ...base, client: ownClient(server, login.clientId ?? '', login) }
  const grant = {
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  }
  const tokens = await requestTokens(asker, source, grant, tell)
  return tokens === undefined ? undefined : { source, tokens }
}

/** The authorization code flow (MCP 2025-11-25 Authorization Flow Steps). */
async function asPerson(
  asker: Asker,
  options: ProbeOptions,
  asked: Asked,
  callback: Callback,
): Promise<Got | undefined> {
  const { tell } = options
  const { server, login, scope } = asked
  const { redirectUri } = callback
  const client = await becomeClient(asker, server, login, { redirectUri, scope }, tell)
  if (client === undefined) return undefined
  const verifier = randomBytes(32).toString('base64url')
  const code = await askPerson(options, asked, { callback, client, verifier })
  if (code === undefined) return undefined
  const source = { ...asked, client }
  const grant = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
  const tokens = await requestTokens(asker, source, grant, tell)
  return tokens === undefined ? undefined : { source, tokens }
}

/** Opens a session with the token, and lists the tools. */
async function use(asker: Asker, options: ProbeOptions, token: string): Promise<void> {
  const speaker = { ...options, headers: withToken(options, token) }
  const opening = await open(asker, speaker)
  if (opening === undefined) return
  tellCall('With the token', opening.name, opening.answer, options)
  if (resultOf(opening.answer) === undefined) return
  const list = await opening.listTools()
  if (list !== undefined) tellCall('With the token', 'tools/list', list, options)
  await opening.end()
}

function withToken({ headers }: ProbeOptions, token: string): ProbeOptions['headers'] {
  return [...headers, ['Authorization', `Bearer ${token}`]]
}

function tellCall(
  part: 'With the token' | 'Refresh',
  name: string,
  answer: Answer,
  { tell }: ProbeOptions,
): void {
  const tools = resultOf(answer)?.['tools']
  const count = Array.isArray(tools) ? `, ${tools.length} tools` : ''
  tell({
    part,
    mark: resultOf(answer) === undefined ? 'bad' : 'well',
    text: `${name}: ${became(answer)}${count}`,
    ...seen(answer),
  })
}

/** A refresh, a call with what it gave, and the old refresh token once more (OAuth 2.1 §4.3.1). Gives the tokens that hold. */
async function renew(
  asker: Asker,
  options: ProbeOptions,
  source: TokenSource,
  tokens: Tokens,
): Promise<Tokens> {
  if (tokens.refresh === undefined) return tokens
  const { tell } = options
  const grant = { grant_type: 'refresh_token', refresh_token: tokens.refresh }
  const renewed = await requestTokens(asker, source, grant, tell)
  if (renewed === undefined) return tokens
  const speaker = { ...options, headers: withToken(options, renewed.access) }
  const opening = await open(asker, speaker)
  if (opening !== undefined) {
    tellCall('Refresh', `${opening.name} with the new token`, opening.answer, options)
    await opening.end()
  }
  const isRotated = renewed.refresh !== undefined && renewed.refresh !== tokens.refresh
  const again = isRotated
    ? await requestTokens(asker, source, grant, tell, 'old-refresh-token')
    : undefined
  return again ?? { ...renewed, refresh: renewed.refresh ?? tokens.refresh }
}

/** Revokes what was issued, and deletes the registration, where that is offered. */
async function giveBack(
  asker: Asker,
  { tell }: ProbeOptions,
  { client, issuer }: TokenSource,
  server: JsonObject,
  tokens: Tokens,
): Promise<void> {
  const clearing = 'Clearing up'
  const endpoint = stringMember(server, 'revocation_endpoint')
  if (endpoint !== undefined && isWeb(endpoint)) {
    const { headers, params } = authenticated(client, issuer)
    const token = tokens.refresh ?? tokens.access
    const answer = await asker.ask({
      method: 'POST',
      url: endpoint,
      headers: [['Content-Type', 'application/x-www-form-urlencoded'], ...headers],
      body: new URLSearchParams({ token, ...params }).toString(),
    })
    if (answer !== undefined)
      tell({
        part: clearing,
        mark: answer.status === 200 ? 'well' : 'plain',
        text: `revocation: ${became(answer)}`,
        ...seen(answer),
      })
  } else tell({ part: clearing, mark: 'plain', text: 'no revocation is offered' })
  if (client.registration === undefined) return
  const { uri, token } = client.registration
  const answer = await asker.ask({
    method: 'DELETE',
    url: uri,
    headers: [['Authorization', `Bearer ${token}`]],
  })
  if (answer !== undefined)
    tell({
      part: clearing,
      mark: answer.status === 204 ? 'well' : 'plain',
      text: `deleting the registration: ${became(answer)}`,
      ...seen(answer),
    })
}
