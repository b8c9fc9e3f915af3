import { isObject, parseJson } from '../wire/json.ts'
import { type Params, formType, paramValues, parseForm, queryParams } from '../wire/params.ts'
import { mediaType } from '../wire/exchange.ts'
import type { Edited } from './edit.ts'
import type { Message } from './message.ts'

/** A body that differs in more places is told of as a whole. */
const placesTold = 20

/** What differs between a message and what it was made into, by place, in the notation of evidence. */
export function differences(before: Message, after: Message): Edited[] {
  const { side } = before
  return [
    ...one(`${side}.method`, before.method, after.method),
    ...(side === 'request' ? urlDifferences(before.url, after.url) : []),
    ...(side === 'response'
      ? one('response.status', String(before.status), String(after.status))
      : []),
    ...headerDifferences(before, after),
    ...bodyDifferences(before, after),
  ]
}

function one(at: string, before: string, after: string): Edited[] {
  return before === after ? [] : [{ at, before, after }]
}

function urlDifferences(before: string, after: string): Edited[] {
  if (before === after) return []
  const isSamePlace = before.split('?', 1)[0] === after.split('?', 1)[0]
  const told = isSamePlace
    ? paramDifferences('request.query', queryParams(before), queryParams(after))
    : []
  return told.length > 0 ? told : [{ at: 'request.url', before, after }]
}

function paramDifferences(place: string, before: Params, after: Params): Edited[] {
  const names = new Set([...before, ...after].map(([name]) => name))
  return [...names].flatMap((name) =>
    pairwise(paramValues(before, name), paramValues(after, name)).map(([was, is]) => ({
      at: `${place}.${name}`,
      before: was,
      after: is,
    })),
  )
}

function headerDifferences({ side, headers }: Message, after: Message): Edited[] {
  const names = new Set([...headers, ...after.headers].map(([name]) => name.toLowerCase()))
  return [...names].flatMap((name) => {
    const valuesIn = (message: Pick<Message, 'headers'>) =>
      message.headers.filter(([field]) => field.toLowerCase() === name).map(([, value]) => value)
    return pairwise(valuesIn({ headers }), valuesIn(after)).map(([was, is, place]) => ({
      at: `${side}.header.${name}[${place}]`,
      before: was,
      after: is,
    }))
  })
}

/** The places at which two lists differ; nothing stands where one is shorter. */
function pairwise(before: readonly string[], after: readonly string[]) {
  return Array.from(
    { length: Math.max(before.length, after.length) },
    (_, place): [string, string, number] => [before[place] ?? '', after[place] ?? '', place],
  ).filter(([was, is]) => was !== is)
}

function bodyDifferences(before: Message, after: Message): Edited[] {
  const { side, body: was = '', headers } = before
  const { body: is = '' } = after
  if (was === is) return []
  const whole = { at: `${side}.body`, before: was, after: is }
  if (mediaType(headers) === formType && side === 'request')
    return told(paramDifferences('request.form', parseForm(was), parseForm(is)), whole)
  const [old, changed] = [parseJson(was), parseJson(is)]
  if (old === undefined || changed === undefined) return [whole]
  return told(jsonDifferences(`${side}.json`, old, changed), whole)
}

function told(places: Edited[], whole: Edited): Edited[] {
  return places.length === 0 || places.length > placesTold ? [whole] : places
}

function jsonDifferences(at: string, before: unknown, after: unknown): Edited[] {
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...names].flatMap((name) => {
      const place = `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
      const valueIn = (object: object) =>
        Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined
      return jsonDifferences(place, valueIn(before), valueIn(after))
    })
  }
  return one(at, shown(before), shown(after))
}

function shown(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
