import { type Headers, header } from '../../core/wire/exchange.ts'
import {
  type JsonObject,
  isObject,
  member,
  objectMember,
  parseJson,
  stringMember,
} from '../../core/wire/json.ts'
import type { Answer, Question } from './asker.ts'

/** The revision that we speak as a client. */
export const spoken = '2025-11-25'
/** The stateless one, which has no `initialize`. */
export const statelessRevision = '2026-07-28'

export interface Speaker {
  readonly target: string
  /** Fields that the person wants with every call to the MCP endpoint. */
  readonly headers: Headers
  readonly version: string
}

const kinds: Headers = [
  ['Content-Type', 'application/json'],
  ['Accept', 'application/json, text/event-stream'],
]

export function initialize({ target, headers, version }: Speaker): Question {
  const params = {
    protocolVersion: spoken,
    capabilities: {},
    clientInfo: { name: 'authtap', version },
  }
  return {
    method: 'POST',
    url: target,
    headers: [...kinds, ...headers],
    body: message('initialize', params, 1),
    enough: holdsAnswer,
  }
}

/** What a client of the stateless revision asks first (MCP 2026-07-28). */
export function discover(speaker: Speaker): Question {
  return { ...stateless(speaker, 'server/discover', 1), trial: 'stateless' }
}

/** A call of the stateless revision, each of which says who calls. */
export function stateless(
  { target, headers, version }: Speaker,
  method: string,
  id: number,
): Question {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': statelessRevision,
    'io.modelcontextprotocol/clientInfo': { name: 'authtap', version },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return {
    method: 'POST',
    url: target,
    headers: [
      ...kinds,
      ['MCP-Protocol-Version', statelessRevision],
      ['Mcp-Method', method],
      ...headers,
    ],
    body: message(method, { _meta: meta }, id),
    enough: holdsAnswer,
  }
}

/** What follows in the session that `initialize` opened. */
export function inSession(
  { target, headers }: Speaker,
  opened: Answer,
  method: string,
  id?: number,
): Question {
  const version = stringMember(resultOf(opened), 'protocolVersion') ?? spoken
  return {
    method: 'POST',
    url: target,
    headers: [...kinds, ['MCP-Protocol-Version', version], ...sessionOf(opened), ...headers],
    body: message(method, id === undefined ? undefined : {}, id),
    enough: holdsAnswer,
  }
}

/** The end of the session, where the server opened one. */
export function farewell({ target, headers }: Speaker, opened: Answer): Question | undefined {
  const session = sessionOf(opened)
  if (session.length === 0) return undefined
  return {
    method: 'DELETE',
    url: target,
    headers: [['MCP-Protocol-Version', spoken], ...session, ...headers],
  }
}

function sessionOf({ headers }: Answer): Headers {
  const id = header(headers, 'mcp-session-id')
  return id === undefined ? [] : [['Mcp-Session-Id', id]]
}

function message(method: string, params: JsonObject | undefined, id: number | undefined): string {
  return JSON.stringify({
    jsonrpc: '2.0',
    ...(id === undefined ? {} : { id }),
    method,
    ...(params === undefined ? {} : { params }),
  })
}

/** The result of a JSON-RPC answer, be it JSON or an event stream. */
export function resultOf({ status = 0, text }: Answer): JsonObject | undefined {
  if (status < 200 || status > 299) return undefined
  const answer = messages(text).find((one) => isObject(member(one, 'result')))
  return objectMember(answer, 'result')
}

function messages(text: string): JsonObject[] {
  const whole = parseJson(text)
  if (isObject(whole)) return [whole]
  return text
    .split(/\r?\n\r?\n/)
    .map((event) =>
      event
        .split(/\r?\n/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice('data:'.length).trim())
        .join('\n'),
    )
    .map(parseJson)
    .filter(isObject)
}

/** An event of the stream answers the request. */
function holdsAnswer(stream: string): boolean {
  return messages(stream).some((one) => member(one, 'id') === 1 || member(one, 'id') === 2)
}
