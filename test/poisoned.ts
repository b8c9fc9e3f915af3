/** What output chooses its words and colours by; everything else may be anybody's text. */
const chosen =
  /^(type|severity|fault|confidence|basis|kind|outcome|registration|status|verdict|step|revision|schema|leg|source|phase|item)$/

/** The value with hostile text behind every text in it, bodies included. */
export function poisoned<Value>(value: Value, hostile: string): Value {
  return within(value, '', hostile) as Value
}

function within(value: unknown, name: string, hostile: string): unknown {
  if (typeof value === 'string') return chosen.test(name) ? value : value + hostile
  if (value instanceof Uint8Array) return poisonedBody(value, hostile)
  if (Array.isArray(value)) return value.map((one) => within(one, name, hostile))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, within(one, key, hostile)]),
  )
}

function poisonedBody(bytes: Uint8Array, hostile: string): Uint8Array {
  const text = Buffer.from(bytes).toString('utf8')
  if (text === '') return bytes
  const isJson = text.startsWith('{')
  return Buffer.from(
    isJson ? JSON.stringify(within(JSON.parse(text), '', hostile)) : `${text}${hostile}`,
  )
}
