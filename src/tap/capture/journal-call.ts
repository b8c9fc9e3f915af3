import type { JournalCall } from '../../core/har/journal-line.ts'
import type { Exchange } from '../../core/wire/exchange.ts'
import { type JsonObject, member, stringMember } from '../../core/wire/json.ts'

/** A line of a call that is like an exchange; undefined when it is damaged. */
export function callOf(line: JsonObject): JournalCall | undefined {
  const text = (name: string) => stringMember(line, name)
  const number = (name: string) => {
    const value = member(line, name)
    return typeof value === 'number' && Number.isFinite(value) ? value : undefined
  }
  const [id, like] = [text('id'), text('like')]
  const [startedAt, endedAt] = [number('startedAt'), number('endedAt')]
  if (id === undefined || like === undefined || startedAt === undefined || endedAt === undefined)
    return undefined
  return {
    id,
    like,
    startedAt,
    endedAt,
    connection: text('connection') ?? '',
    sent: number('sent') ?? 0,
    received: number('received') ?? 0,
  }
}

/** A call that is like an exchange, as far as it was kept: without its bodies. */
export function likeModel(call: JournalCall, model: Exchange, prefix: string): Exchange {
  const { timings: _timings, ...rest } = model
  const { id, startedAt, endedAt, connection, sent, received } = call
  const unkept = (dropped: number) => ({ bytes: new Uint8Array(0), dropped })
  return {
    ...rest,
    id: prefix + id,
    like: model.id,
    startedAt,
    endedAt,
    connection,
    request: { ...model.request, body: unkept(sent) },
    ...(model.response === undefined
      ? {}
      : { response: { ...model.response, body: unkept(received) } }),
  }
}
