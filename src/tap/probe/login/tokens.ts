import {
  type JsonObject,
  isObject,
  member,
  parseJson,
  stringMember,
} from '../../../core/wire/json.ts'
import { audiences, readToken } from '../../../core/wire/jwt.ts'
import type { Answer, Asker, Question } from '../asker.ts'
import type { Tell } from '../look.ts'
import { became, seen } from '../words.ts'
import { type LoginClient, authenticated } from './client.ts'

/** Where tokens come from, and for what. */
export interface TokenSource {
  readonly endpoint: string
  readonly issuer: string
  readonly resource: string
  readonly client: LoginClient
}

export interface Tokens {
  readonly access: string
  readonly refresh: string | undefined
  readonly scope: string | undefined
}

/** One token request (RFC 6749 §3.2). Undefined when no token came of it. */
export async function requestTokens(
  asker: Asker,
  source: TokenSource,
  grant: Readonly<Record<string, string>>,
  tell: Tell,
  trial?: Question['trial'],
): Promise<Tokens | undefined> {
  const { headers, params } = authenticated(source.client, source.issuer)
  const answer = await asker.ask({
    method: 'POST',
    url: source.endpoint,
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['Accept', 'application/json'],
      ...headers,
    ],
    body: new URLSearchParams({ ...grant, ...params, resource: source.resource }).toString(),
    ...(trial === undefined ? {} : { trial }),
  })
  if (answer === undefined) return undefined
  const tokens = tokensOf(answer)
  const isGood = trial === undefined ? tokens !== undefined : tokens === undefined
  const what =
    trial === undefined ? `token (${grant['grant_type']})` : 'the old refresh token again'
  tell({
    part: grant['grant_type'] === 'refresh_token' ? 'Refresh' : 'Token',
    mark: isGood ? 'well' : trial === undefined ? 'bad' : 'plain',
    text: `${what}: ${became(answer)}`,
    ...seen(answer),
  })
  return tokens
}

function tokensOf({ status = 0, text }: Answer): Tokens | undefined {
  const document = parseJson(text)
  if (status < 200 || status > 299 || !isObject(document)) return undefined
  const access = stringMember(document, 'access_token')
  if (access === undefined || access === '') return undefined
  return {
    access,
    refresh: stringMember(document, 'refresh_token'),
    scope: stringMember(document, 'scope'),
  }
}

/** What the token says of itself, beside what it ought to say. Nothing is verified: that is the server's business. */
export function tellToken(
  { access, scope, refresh }: Tokens,
  { issuer, resource }: TokenSource,
  wanted: string | undefined,
  tell: Tell,
): void {
  const part = 'Token'
  const { format, claims } = readToken(access)
  const granted = stringMember(claims, 'scope') ?? scope
  if (format === 'jwt' && claims !== undefined) tellClaims(claims, { issuer, resource }, tell)
  else tell({ part, mark: 'plain', text: 'it is opaque: only the servers can read it' })
  const asked = wanted === undefined ? 'none was asked for' : `asked for ${wanted}`
  tell({ part, mark: 'plain', text: `scope ${granted ?? 'not named'} (${asked})` })
  tell({
    part,
    mark: 'plain',
    text: refresh === undefined ? 'no refresh token' : 'with a refresh token',
  })
}

function tellClaims(
  claims: JsonObject,
  { issuer, resource }: { readonly issuer: string; readonly resource: string },
  tell: Tell,
): void {
  const part = 'Token'
  const iss = stringMember(claims, 'iss')
  const named = audiences({ value: '', format: 'jwt', claims })
  const exp = member(claims, 'exp')
  tell({
    part,
    mark: iss === issuer ? 'well' : 'plain',
    text: `iss ${iss ?? 'is absent'}${iss === issuer ? '' : `, the issuer is ${issuer}`}`,
  })
  const isFor = named.includes(resource)
  tell({
    part,
    mark: isFor ? 'well' : 'plain',
    text: `aud ${named.length === 0 ? 'is absent' : named.join(' ')}${isFor ? '' : `, the resource is ${resource}`}`,
  })
  const left = typeof exp === 'number' ? Math.round(exp - Date.now() / 1000) : undefined
  tell({
    part,
    mark: left !== undefined && left > 0 ? 'well' : 'plain',
    text: left === undefined ? 'exp is absent' : `exp in ${left} s`,
  })
}
