import type { Headers } from '../wire/exchange.ts'
import type { Message } from './message.ts'

/** The fields of an event beside its data (HTML Living Standard §9.2.6), its type first, whether it is written or not. */
const fieldNames: ReadonlySet<string> = new Set(['event', 'id', 'retry'])
const ordinary = 'message'

/** An event of a stream as a message; undefined where it has no data, and nobody gets it. */
export function readEvent(
  text: string,
  head: Pick<Message, 'method' | 'url' | 'status'>,
): Message | undefined {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line !== '' && !line.startsWith(':'))
  const fields = lines.map((line): [string, string] => {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    return [name, value]
  })
  const data = fields.filter(([name]) => name === 'data').map(([, value]) => value)
  if (data.length === 0) return undefined
  const type = fields.findLast(([name]) => name === 'event')?.[1] ?? ordinary
  const others = fields.filter(([name]) => name !== 'event' && fieldNames.has(name))
  return {
    ...head,
    side: 'response',
    isEvent: true,
    headers: [['event', type], ...others],
    body: data.join('\n'),
  }
}

/** The event as it is sent. */
export function eventText({ headers, body = '' }: Message): string {
  const fields = headers.filter(([name, value]) => name !== 'event' || value !== ordinary)
  const lines = body.split('\n').map((line): [string, string] => ['data', line])
  return `${[...fields, ...lines].map(([name, value]) => `${name}: ${value}\n`).join('')}\n`
}

/** What is wrong with the fields that a person wrote; undefined where nothing is. */
export function flawOf(fields: Headers): string | undefined {
  const odd = fields.find(([name]) => !fieldNames.has(name))
  return odd === undefined
    ? undefined
    : `${odd[0]} is no field of an event: above the empty line stand event, id and retry, below it the data.`
}
