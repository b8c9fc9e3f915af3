import { challengeParam, parseChallenges } from '../../core/challenge/challenge.ts'
import { header, headerValues } from '../../core/wire/exchange.ts'
import { type JsonObject, stringMember, stringsMember } from '../../core/wire/json.ts'
import { origin } from '../../core/wire/url.ts'
import { resourceMetadataUrls, serverMetadataUrls } from '../../core/wire/wellknown.ts'
import type { Answer, Asker } from './asker.ts'
import { documentOf, isWeb, readDocumentAt, sentOnTo } from './documents.ts'
import type { Tell } from './look.ts'
import { type Speaker, discover, resultOf } from './messages.ts'
import { open } from './opening.ts'
import { became, listed, seen, shortUrl } from './words.ts'

/** A document with where it was found. */
export interface FoundDocument {
  readonly url: string
  readonly document: JsonObject
}

/** What a client knows once it has read all that leads to the login. */
export interface Discovered {
  readonly target: string
  /** No token was asked for. */
  readonly isOpen: boolean
  /** The server gave no answer at all. */
  readonly isSilent: boolean
  /** It speaks the revision that has no `initialize`, and no other. */
  readonly isStateless: boolean
  readonly challengeScope: string | undefined
  readonly resourceMetadata: FoundDocument | undefined
  /** The first is the one that a client uses. */
  readonly servers: readonly FoundServer[]
}

export interface FoundServer extends FoundDocument {
  /** As the resource metadata lists it; where there is none, the origin of the MCP server. */
  readonly issuer: string
}

const serverLimit = 3

/** Goes the way of a client from its first call to the metadata of the authorization server, and tells what is there. */
export async function walk(asker: Asker, speaker: Speaker, tell: Tell): Promise<Discovered> {
  const { target } = speaker
  const first = await callWithoutToken(asker, speaker, tell)
  if (first === undefined)
    return {
      target,
      isOpen: false,
      isSilent: true,
      isStateless: false,
      challengeScope: undefined,
      resourceMetadata: undefined,
      servers: [],
    }
  const { call, isStateless } = first
  const challenge = bearerOf(call)
  if (!isOpening(call)) await otherCalls(asker, speaker, tell)
  const named = challenge('resource_metadata')
  const search = { target, isNeeded: asksForToken(call) }
  const resourceMetadata = await findResourceMetadata(asker, { ...search, named }, tell)
  const servers = await findServers(asker, search, resourceMetadata, tell)
  return {
    target,
    isOpen: isOpening(call),
    isSilent: false,
    isStateless,
    challengeScope: challenge('scope'),
    resourceMetadata,
    servers,
  }
}

/** No client looks for a login where nobody asks for one: a page, an error, an address with no MCP behind it. */
function asksForToken({ status, headers }: Answer): boolean {
  return status === 401 || status === 403 || header(headers, 'www-authenticate') !== undefined
}

function isOpening(call: Answer): boolean {
  return resultOf(call) !== undefined
}

interface FirstCall {
  readonly call: Answer
  readonly isStateless: boolean
}

/** The call that decides: the first that is refused, else the last that was let in. */
async function callWithoutToken(
  asker: Asker,
  speaker: Speaker,
  tell: Tell,
): Promise<FirstCall | undefined> {
  const part = 'MCP call without a token'
  let opening = await open(asker, speaker)
  const moved = opening === undefined ? undefined : sentOnTo(opening.answer)
  if (opening !== undefined && moved !== undefined && isKept(opening.answer)) {
    const { name, answer } = opening
    tell({ part, mark: 'well', text: `${name}: ${became(answer)} to ${moved}`, ...seen(answer) })
    if (isWeb(moved)) opening = await open(asker, { ...speaker, target: moved })
  }
  if (opening === undefined) return undefined
  const { name, answer: call, isStateless } = opening
  tell({ part, mark: 'well', text: `${name}: ${became(call)}`, ...seen(call) })
  tellChallenge(call, tell)
  if (call.failure !== undefined && call.status === undefined) return undefined
  if (!isOpening(call)) return { call, isStateless }
  // Some servers let everybody begin, and ask for a token after that.
  const list = await opening.listTools()
  if (list !== undefined) {
    tell({ part, mark: 'well', text: `tools/list: ${became(list)}`, ...seen(list) })
    tellChallenge(list, tell)
  }
  await opening.end()
  const isRefused = list?.status === 401 || list?.status === 403
  return { call: isRefused ? list : call, isStateless }
}

/** A redirect with which the method and the body stay what they are (RFC 9110 §15.4). */
function isKept({ status }: Answer): boolean {
  return status === 307 || status === 308
}

/** What the challenge says of the way to the login. */
function tellChallenge(call: Answer, tell: Tell): void {
  if (call.status !== 401) return
  const param = bearerOf(call)
  for (const name of ['resource_metadata', 'scope'])
    tell({
      part: 'MCP call without a token',
      mark: 'plain',
      text: `${name} ${param(name) ?? 'is not named'}`,
    })
}

/** The parameters of the first Bearer challenge. */
function bearerOf(call: Answer): (name: string) => string | undefined {
  const { lenient } = parseChallenges(headerValues(call.headers, 'www-authenticate'))
  const bearer = lenient.find(({ scheme }) => /^(bearer|dpop|)$/i.test(scheme))
  return (name) => (bearer === undefined ? undefined : challengeParam(bearer, name))
}

/** What clients of other revisions, and people, ask first. */
async function otherCalls(asker: Asker, speaker: Speaker, tell: Tell): Promise<void> {
  const { target: url, headers } = speaker
  const stream = [['Accept', 'text/event-stream'] as const, ...headers]
  const asked = [
    ['server/discover (2026-07-28)', await asker.ask(discover(speaker))],
    [
      'GET (event stream)',
      await asker.ask({ method: 'GET', url, headers: stream, trial: 'event-stream' }),
    ],
    ['HEAD', await asker.ask({ method: 'HEAD', url, headers, trial: 'head' })],
  ] as const
  for (const [name, answer] of asked)
    if (answer !== undefined)
      tell({
        part: 'MCP call without a token',
        mark: 'plain',
        text: `${name}: ${became(answer)}`,
        ...seen(answer),
      })
}

interface Search {
  readonly target: string
  /** A client that is not asked for a token looks for nothing: then it is for the record. */
  readonly isNeeded: boolean
}

/** Header, path, root (MCP 2025-11-25 Protected Resource Metadata Discovery); after the first that is there, only for the record. */
async function findResourceMetadata(
  asker: Asker,
  { target, named, isNeeded }: Search & { readonly named: string | undefined },
  tell: Tell,
): Promise<FoundDocument | undefined> {
  const part = 'Resource metadata'
  const places = [
    ...(named === undefined || !isWeb(named)
      ? []
      : [{ url: named, how: 'named by the challenge' }]),
    ...resourceMetadataUrls(target).map(({ url, probe }) => ({ url, how: `at the ${probe}` })),
  ]
  let found: FoundDocument | undefined
  for (const [index, { url, how }] of places.entries()) {
    if (places.findIndex((other) => other.url === url) < index) continue
    const isOther = found !== undefined || !isNeeded
    const answer = await readDocumentAt(asker, url, isOther ? 'other-place' : undefined)
    if (answer === undefined) continue
    const document = documentOf(answer)
    if (document !== undefined) found ??= { url, document }
    tell({
      part,
      mark: isOther || document === undefined ? 'plain' : 'well',
      text: `${shortUrl(url, target)} (${how}): ${became(answer)}`,
      ...seen(answer),
    })
    if (document === undefined || found?.url !== url) continue
    const scopes = listed(stringsMember(document, 'scopes_supported'))
    tell({
      part,
      mark: 'well',
      text: `resource ${stringMember(document, 'resource') ?? 'is not named'}; scopes ${scopes}`,
      ...seen(answer),
    })
  }
  if (found === undefined)
    tell({
      part,
      mark: isNeeded ? 'bad' : 'plain',
      text: 'no client finds a document that says where to log in',
    })
  return found
}

async function findServers(
  asker: Asker,
  search: Search,
  resourceMetadata: FoundDocument | undefined,
  tell: Tell,
): Promise<FoundServer[]> {
  const { target, isNeeded } = search
  const own = origin(target)
  const issuers =
    stringsMember(resourceMetadata?.document, 'authorization_servers') ??
    // What clients did before there was resource metadata (MCP 2025-03-26).
    (resourceMetadata === undefined && own !== undefined && isNeeded ? [own] : [])
  const found: FoundServer[] = []
  for (const [index, issuer] of issuers.slice(0, serverLimit).entries()) {
    const server = await findServer(
      asker,
      search,
      { issuer, isSpare: index > 0 || !isNeeded },
      tell,
    )
    if (server !== undefined) found.push(server)
  }
  return found
}

/** In the specified order, until it is there; of a server that a client would not choose, only for the record. */
async function findServer(
  asker: Asker,
  { target, isNeeded }: Search,
  { issuer, isSpare }: { readonly issuer: string; readonly isSpare: boolean },
  tell: Tell,
): Promise<FoundServer | undefined> {
  const part = 'Authorization server'
  for (const { url } of serverMetadataUrls(issuer)) {
    const refused = asker.refuses(url)
    if (refused === 'inside')
      tell({ part, mark: 'bad', text: `${issuer} lies inside a network: it is not asked` })
    if (refused !== undefined) return undefined
    const answer = await readDocumentAt(asker, url, isSpare ? 'other-place' : undefined)
    if (answer === undefined) return undefined
    const document = documentOf(answer)
    tell({
      part,
      mark: document === undefined || isSpare ? 'plain' : 'well',
      text: `${shortUrl(url, target)}: ${became(answer)}`,
      ...seen(answer),
    })
    if (document !== undefined) return { issuer, url, document }
    if (answer.failure !== undefined) return undefined
  }
  tell({
    part,
    mark: isNeeded ? 'bad' : 'plain',
    text: `no client finds the metadata of ${issuer}`,
  })
  return undefined
}
