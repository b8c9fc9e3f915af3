import { type Exchange, type Headers, type Response, decodedBytes } from '../wire/exchange.ts'
import { BoundedMap } from '../wire/bounded-map.ts'
import type { McpCall, Step } from '../step/step.ts'
import type { Flow } from './flow.ts'

/** A call that was judged, and told nothing new: those that are like it tell nothing new either. */
export interface Model {
  readonly step: McpCall
  readonly flow: Flow
  /** The protocol version that its message says. */
  readonly version: string
}

/** Sorts of calls that are remembered, and models of each; a hostile peer cannot make this grow. */
const sortLimit = 500
const modelsOfSort = 20
const knownLimit = 300

/**
 * The opening of a JSON-RPC request up to its method, and the name of what a tool or prompt call is for. Nothing nested
 * stands before them, so they are the message's own. Anything else is judged whole.
 */
const requestOpening =
  /^\{(?:"jsonrpc": ?"2\.0", ?|"id": ?(?:\d{1,16}|"[\w-]{1,64}"), ?)*"method": ?"([\w/.-]{1,64})"(?:(?:, ?"(?:jsonrpc": ?"2\.0"|id": ?(?:\d{1,16}|"[\w-]{1,64}")))*, ?"params": ?\{"name": ?"([\w/.: -]{1,128})")?/

/** The same of an answer up to its result; in an event stream the answer is the first event. */
const resultOpening =
  /^(?:(?:event: ?message|id: ?[\w-]{0,128}|:[^\r\n]{0,128})\r?\n|retry: ?\d{1,9}\r?\n)*(?:data: ?)?\{(?:"jsonrpc": ?"2\.0", ?|"id": ?(?:\d{1,16}|"[\w-]{1,64}"), ?)*"result":/

/** As much as an opening can be long, in bytes. */
const openingLength = 600

/** Fields whose values rules look at, or that carry credentials. The values of all others may differ from call to call. */
export const lookedAt: ReadonlySet<string> = new Set([
  'accept',
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'authorization',
  'cache-control',
  'cf-mitigated',
  'content-encoding',
  'content-type',
  'cookie',
  'dpop',
  'dpop-nonce',
  'host',
  'last-event-id',
  'location',
  'mcp-method',
  'mcp-protocol-version',
  'mcp-session-id',
  'origin',
  'proxy-authorization',
  'referer',
  'retry-after',
  'sec-fetch-mode',
  'sec-fetch-site',
  'server',
  'user-agent',
  'via',
  'www-authenticate',
  'x-amzn-errortype',
  'x-amzn-remapped-www-authenticate',
])

/**
 * Knows an ordinary call by comparison with one that was judged: the same request where rules look, answered by a result
 * in the same way. It parses nothing, so a long session of them costs next to nothing.
 */
export class OrdinaryCalls {
  readonly #known = new BoundedMap<Model>(knownLimit)
  readonly #bySort = new Map<string, Model[]>()
  readonly #sortsOf = new Map<Flow, Set<string>>()

  /** Remembers a call that told nothing new. */
  learn(step: Step, flow: Flow): void {
    if (step.kind !== 'mcp' || !step.ok || !step.isRequest || step.authorization.length === 0)
      return
    const sort = sortOf(step.exchange)
    if (sort === undefined) return
    if (this.#bySort.size >= sortLimit) this.clear()
    const model = { step, flow, version: version(step.exchange.request.body.bytes) }
    this.#known.set(step.exchange.id, model)
    const models = (this.#bySort.get(sort) ?? []).filter(
      ({ step: one }) => one.exchange.id !== step.exchange.id,
    )
    this.#bySort.set(sort, [model, ...models].slice(0, modelsOfSort))
    const sorts = this.#sortsOf.get(flow)
    if (sorts === undefined) this.#sortsOf.set(flow, new Set([sort]))
    else sorts.add(sort)
  }

  /** Something happened in this flow: its next calls are judged whole again. */
  forget(flow: Flow): void {
    for (const sort of this.#sortsOf.get(flow) ?? []) {
      const others = (this.#bySort.get(sort) ?? []).filter((model) => model.flow !== flow)
      if (others.length === 0) this.#bySort.delete(sort)
      else this.#bySort.set(sort, others)
    }
    this.#sortsOf.delete(flow)
  }

  clear(): void {
    this.#bySort.clear()
    this.#sortsOf.clear()
  }

  /** The call that this one is like in all that rules look at; undefined when it has to be judged. */
  like(exchange: Exchange): Model | undefined {
    const { like, request } = exchange
    // Its body was not kept, because it was found to be like that one when it happened.
    if (like !== undefined && request.body.bytes.length === 0) return this.#known.get(like)
    const sort = sortOf(exchange)
    if (sort === undefined) return undefined
    return this.#bySort.get(sort)?.find((model) => isAlike(exchange, model))
  }
}

/** What is asked for; undefined where the exchange is no request that was answered by a result, or not plainly. */
function sortOf(exchange: Exchange): string | undefined {
  const { request, response } = exchange
  if (request.method !== 'POST' || response === undefined || !isWhole(exchange, response))
    return undefined
  const sent = requestOpening.exec(opening(request.body.bytes))
  const [, method, name] = sent ?? []
  if (method === undefined || method === 'initialize' || method === 'server/discover')
    return undefined
  const isNamed = method === 'tools/call' || method === 'prompts/get'
  if (isNamed && name === undefined) return undefined
  const received = decodedBytes(response)
  if (received === undefined || !isResult(received)) return undefined
  return isNamed ? `${method} ${name}` : method
}

function isWhole(
  { endedAt, failure, repeats, trial, missing, handedOver, request, touched, heldFor }: Exchange,
  response: Response,
) {
  return (
    endedAt !== undefined &&
    failure === undefined &&
    (repeats ?? trial) === undefined &&
    missing === undefined &&
    (handedOver ?? heldFor) === undefined &&
    // What was changed on purpose is told of, each time.
    touched.every(({ by }) => by === undefined) &&
    response.complete &&
    response.trailers === undefined &&
    request.body.dropped === 0 &&
    response.body.dropped === 0
  )
}

function opening(bytes: Uint8Array): string {
  return buffer(bytes).toString('latin1', 0, openingLength)
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const telling = /"error"|\\u00|"cacheScope"|"isError"(?!: ?false[,}])/

/** A result that no rule looks into: no error in it, of whatever depth, and nothing that could spell one otherwise. */
function isResult(bytes: Uint8Array): boolean {
  const body = buffer(bytes)
  // One search of a text takes a third of the time that a search for each in the bytes takes.
  return resultOpening.test(opening(body)) && !telling.test(body.toString('latin1'))
}

/** Where a stateless client says its protocol version (MCP 2026-07-28). */
const versionKey = '"io.modelcontextprotocol/protocolVersion"'

function isAlike(exchange: Exchange, { step, version: said }: Model): boolean {
  const { request, response, touched } = exchange
  const model = step.exchange
  return (
    request.url === model.request.url &&
    exchange.client === model.client &&
    request.httpVersion === model.request.httpVersion &&
    response!.status === model.response!.status &&
    touched.length === model.touched.length &&
    haveSame(request.headers, model.request.headers) &&
    haveSame(response!.headers, model.response!.headers) &&
    touched.every(({ at }, index) => at === model.touched[index]!.at) &&
    version(request.body.bytes) === said
  )
}

function version(bytes: Uint8Array): string {
  const body = buffer(bytes)
  const at = body.indexOf(versionKey)
  return at < 0 ? '' : body.toString('latin1', at + versionKey.length, at + versionKey.length + 14)
}

/** The same names in the same order, with the same values where rules look. */
function haveSame(headers: Headers, model: Headers): boolean {
  return (
    headers.length === model.length &&
    headers.every(([name, value], index) => {
      const [modelName, modelValue] = model[index]!
      return name === modelName && (value === modelValue || mayDiffer(name, value, modelValue))
    })
  )
}

function mayDiffer(name: string, value: string, modelValue: string): boolean {
  const lower = name.toLowerCase()
  // A cookie that is set anew is the same cookie.
  if (lower === 'set-cookie') return value.split('=', 1)[0] === modelValue.split('=', 1)[0]
  return !lookedAt.has(lower)
}
