import type { JournalCall } from '../../core/har/journal-line.ts'
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
