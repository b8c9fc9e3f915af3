import { randomBytes } from 'node:crypto'
import { stringMember } from '../../core/wire/json.ts'
import type { Answer, Asker, Question } from './asker.ts'
import type { Discovered } from './discovery.ts'
import { isWeb, sentOnTo } from './documents.ts'
import type { Tell } from './look.ts'
import { type Speaker, initialize, stateless } from './messages.ts'
import { became, seen } from './words.ts'

/** Nobody listens there, and nobody is to be sent there. */
const nowhere = 'http://127.0.0.1:1/authtap-check'

/** Sends what no client should, and tells how it is refused. */
export async function doWrong(
  asker: Asker,
  speaker: Speaker,
  found: Discovered,
  tell: Tell,
): Promise<void> {
  if (found.isSilent) return
  for (const { what, question, isFine } of wrongs(speaker, found)) {
    const answer = await asker.ask(question)
    if (answer === undefined) continue
    tell({
      part: 'Wrong on purpose',
      mark: isFine(answer) ? 'well' : 'plain',
      text: `${what}: ${became(answer)}`,
      ...seen(answer),
    })
  }
}

interface Wrong {
  readonly what: string
  readonly question: Question
  isFine(answer: Answer): boolean
}

function wrongs(speaker: Speaker, found: Discovered): Wrong[] {
  const call = found.isStateless ? stateless(speaker, 'tools/list', 1) : initialize(speaker)
  const isRefused = ({ status = 0 }: Answer) => status >= 400 && status < 500
  const isUnauthorized = ({ status }: Answer) => status === 401
  const { headers = [], body: _body, enough: _enough, ...bare } = call
  const withToken = (token: string, trial: Question['trial']): Question => ({
    ...call,
    headers: [...headers, ['Authorization', `Bearer ${token}`]],
    ...(trial === undefined ? {} : { trial }),
  })
  const tokens: Wrong[] = [
    {
      what: 'a token that nobody issued',
      question: withToken(garbage(), 'bad-token'),
      isFine: isUnauthorized,
    },
    {
      what: 'a JWT that has expired',
      question: withToken(expired(found), 'expired-token'),
      isFine: isUnauthorized,
    },
    {
      what: 'a token in the query',
      question: { ...call, url: withQuery(call.url, garbage()), trial: 'token-in-query' },
      isFine: isRefused,
    },
  ]
  const withoutType = headers.filter(([name]) => name !== 'Content-Type')
  return [
    ...(found.isOpen ? [] : tokens),
    {
      what: 'a method that MCP does not have (PATCH)',
      question: { ...bare, method: 'PATCH', trial: 'wrong-method' },
      isFine: isRefused,
    },
    {
      what: 'a message without Content-Type',
      question: { ...call, headers: withoutType, trial: 'no-content-type' },
      isFine: isRefused,
    },
    ...found.servers.slice(0, 1).flatMap(({ document }) => {
      const endpoint = stringMember(document, 'authorization_endpoint')
      return endpoint === undefined || !isWeb(endpoint) ? [] : [unknownClient(endpoint)]
    }),
  ]
}

/** Nothing is followed: where an unknown client would be sent is all there is to know. */
function unknownClient(endpoint: string): Wrong {
  const url = new URL(endpoint)
  const params = {
    response_type: 'code',
    client_id: `authtap-check-${randomBytes(6).toString('hex')}`,
    redirect_uri: nowhere,
    state: randomBytes(12).toString('base64url'),
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
  }
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  return {
    what: 'a login of a client that is not known',
    question: {
      method: 'GET',
      url: url.href,
      headers: [['Accept', 'text/html']],
      trial: 'unknown-client',
    },
    isFine: (answer) =>
      (answer.status ?? 500) < 500 && sentOnTo(answer)?.startsWith(nowhere) !== true,
  }
}

function garbage(): string {
  return randomBytes(32).toString('base64url')
}

/** Signed by nobody, and an hour too old. */
function expired({ target, resourceMetadata, servers }: Discovered): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: stringMember(servers[0]?.document, 'issuer') ?? new URL(target).origin,
    aud: stringMember(resourceMetadata?.document, 'resource') ?? target,
    // About nobody: who a token is about is looked for wherever it stands, and must not be our own name.
    sub: 'nobody',
    iat: now - 7200,
    exp: now - 3600,
  }
  const head = { alg: 'RS256', typ: 'at+jwt', kid: 'authtap-check' }
  return `${part(head)}.${part(claims)}.${randomBytes(256).toString('base64url')}`
}

function withQuery(url: string, token: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}access_token=${token}`
}
