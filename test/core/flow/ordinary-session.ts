import { parseTranscript } from '../../../src/core/transcript/transcript.ts'
import type { Exchange, Headers } from '../../../src/core/wire/exchange.ts'
import * as flow from '../../rules/whole-flow.ts'

export const login = parseTranscript(flow.flowWith())
export const last = login.at(-1)!

export type Change = (call: Exchange) => Exchange

export const withRequest = (request: Partial<Exchange['request']>): Change => {
  return (call) => ({ ...call, request: { ...call.request, ...request } })
}
export const withResponse = (response: Partial<NonNullable<Exchange['response']>>): Change => {
  return (call) => ({ ...call, response: { ...call.response!, ...response } })
}
export const body = (text: string) => ({ bytes: Buffer.from(text), dropped: 0 })
export const without = (headers: Headers, name: string) => headers.filter(([one]) => one !== name)
export const request = last.request.headers
export const response = last.response!.headers
export const message = (rest: object) => body(JSON.stringify({ jsonrpc: '2.0', id: 9, ...rest }))

/** A call in the middle of a session, as one client after another makes them. */
export const ordinary: readonly Exchange[] = ['tools/call', 'tools/list'].flatMap((method) =>
  [
    message({ method, params: { name: 'echo', arguments: { text: 'hi' } } }),
    body(JSON.stringify({ method, params: { name: 'echo' }, jsonrpc: '2.0', id: 3 })),
  ].map((sent) => ({
    ...withRequest({ body: sent })(last),
    response: { ...last.response!, body: message({ result: { content: [] } }) },
  })),
)

/** A login, and so many calls like one another; the one `at` that place is changed. */
export function* session(calls: number, at: number, change: Change): Generator<Exchange> {
  yield* login
  for (let index = 0; index < calls; index += 1) {
    const startedAt = last.startedAt + 1000 + index
    const call = {
      ...ordinary[index % ordinary.length]!,
      id: `c${index}`,
      startedAt,
      endedAt: startedAt + 1,
      connection: String(index % 7),
    }
    yield index === at ? change(call) : call
  }
}
