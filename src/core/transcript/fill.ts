import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { trimmed } from './lines.ts'

/** A placeholder that cannot be filled in; `offset` points at its `$`. */
export class FillError extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

interface Filled {
  readonly value: string
  /** Where the text goes on. */
  readonly end: number
}

const beginning = /\$\{(\$\}|(?:jwt|jwk|s256|secret|bytes)(?=[ }]))/y
const deepest = 4

/**
 * Fills in the placeholders of a transcript, so that no source file has to hold a token:
 *
 * - `${jwt {claims}}`, `${jwt {header} {claims}}`: a well-formed JWT; the header is
 *   `{"alg":"RS256","typ":"at+jwt"}` unless given, the signature made up, and empty for `alg: none` (RFC 7519 §6.1);
 *   with `"alg":"EdDSA"` it is signed, by the key that is named like its `kid`
 * - `${jwk name}`: the public key of that name; `${jwk name id}` gives it another `kid`
 * - `${s256 verifier}`: the code challenge of a verifier (RFC 7636 §4.2)
 * - `${secret prefix words}`: an opaque value beginning with the prefix; the same words give the same value
 * - `${bytes ff0a}`: bytes, in hexadecimal
 * - `${$}`: a dollar sign
 *
 * They nest. `${opening}` stands for whole lines (`opened`). Anything else that looks alike stays as it is. The text has
 * one character a byte (UTF-8 read as Latin-1), and so has the answer. Throws FillError.
 */
export function fill(text: string): string {
  let filled = ''
  let from = 0
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', from)) {
    filled += text.slice(from, at)
    const found = placeholder(text, at, 0)
    filled += found?.value ?? '${'
    from = found?.end ?? at + 2
  }
  return filled + text.slice(from)
}

/** Writes text so that `fill` gives it back. */
export function escapeFill(text: string): string {
  return text.replaceAll(/\$\{(?=\$|jwt|jwk|s256|secret|bytes|opening)/g, '${$}{')
}

function placeholder(text: string, at: number, depth: number): Filled | undefined {
  beginning.lastIndex = at
  const opened = beginning.exec(text)
  if (opened === null) return undefined
  if (depth > deepest) throw new FillError('placeholders are nested too deeply', at)
  const name = opened[1]!
  const start = at + opened[0].length
  if (name === '$}') return { value: '$', end: start }
  if (name === 'jwt') return jwt(text, at, start, depth)
  const words = argument(text, at, start, depth)
  return { value: fillers[name]!(words.value, at), end: words.end }
}

const fillers: Readonly<Record<string, (words: string, at: number) => string>> = {
  jwk: (words) => {
    const [name = '', kid = name] = words.split(' ', 2)
    const { crv, kty, x } = createPublicKey(keyNamed(name)).export({ format: 'jwk' })
    return JSON.stringify({ kty, crv, x, ...(kid === '' ? {} : { kid }) })
  },
  s256: (words) => hash('sha256', words).toString('base64url'),
  secret: (words) => (words.split(' ', 1)[0] ?? '') + opaque(words),
  bytes: (words, at) => {
    if (!/^(?:[0-9a-f]{2})*$/i.test(words)) {
      throw new FillError('${bytes …} takes pairs of hexadecimal digits', at)
    }
    return Buffer.from(words, 'hex').toString('latin1')
  },
}

function hash(algorithm: string, text: string): Buffer {
  return createHash(algorithm).update(text, 'latin1').digest()
}

/** 36 letters and digits, as many as a GitHub token has after its prefix. */
function opaque(seed: string): string {
  const letters = hash('sha256', seed).toString('base64url')
  return letters.replaceAll('-', 'x').replaceAll('_', 'y').slice(0, 36)
}

/** Everything up to the closing brace, trimmed, with the placeholders within filled in. */
function argument(text: string, at: number, start: number, depth: number): Filled {
  let value = ''
  let from = start
  while (from < text.length) {
    if (text[from] === '}') return { value: trimmed(value), end: from + 1 }
    const inner = text[from] === '$' ? placeholder(text, from, depth + 1) : undefined
    value += inner?.value ?? text[from]!
    from = inner?.end ?? from + 1
  }
  throw new FillError('a placeholder lacks its closing brace', at)
}

function jwt(text: string, at: number, start: number, depth: number): Filled {
  const objects: string[] = []
  let from = start
  for (;;) {
    while (text[from] === ' ' || text[from] === '\n') from += 1
    if (text[from] === '}' && objects.length > 0) break
    if (text[from] !== '{' || objects.length === 2) {
      throw new FillError('${jwt …} takes one or two JSON objects and a closing brace', at)
    }
    const object = objectText(text, at, from, depth)
    objects.push(object.value)
    from = object.end
  }
  const claims = readObject(objects.at(-1)!, at)
  const head = objects.length === 2 ? readObject(objects[0]!, at) : { alg: 'RS256', typ: 'at+jwt' }
  return { value: compact(head, claims), end: from + 1 }
}

/** The JSON object that begins at `from`, braces balanced, with the placeholders within filled in. */
function objectText(text: string, at: number, from: number, depth: number): Filled {
  let value = ''
  let open = 0
  let quoted = false
  for (let next = from; next < text.length;) {
    const inner = text[next] === '$' ? placeholder(text, next, depth + 1) : undefined
    if (inner !== undefined) {
      value += inner.value
      next = inner.end
      continue
    }
    const character = text[next]!
    const taken = quoted && character === '\\' ? text.slice(next, next + 2) : character
    if (character === '"') quoted = !quoted
    if (!quoted && character === '{') open += 1
    if (!quoted && character === '}') open -= 1
    value += taken
    next += taken.length
    if (open === 0) return { value, end: next }
  }
  throw new FillError('a JSON object in ${jwt …} lacks its closing brace', at)
}

function readObject(text: string, at: number): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString()) as Record<string, unknown>
  } catch {
    throw new FillError('${jwt …} holds something that is not JSON', at)
  }
}

/** JWS Compact Serialization (RFC 7515 §7.1), mostly with a signature that only looks like one. */
function compact(head: Record<string, unknown>, claims: Record<string, unknown>): string {
  const signed = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${signatureOf(head, signed).toString('base64url')}`
}

function signatureOf({ alg, kid }: Record<string, unknown>, signed: string): Buffer {
  if (alg === 'none') return Buffer.alloc(0)
  if (alg !== 'EdDSA') return hash('sha512', signed)
  return sign(null, Buffer.from(signed), keyNamed(typeof kid === 'string' ? kid : ''))
}

/** The same name gives the same Ed25519 key (RFC 8410 §7: what stands before the 32 bytes of a private key). */
function keyNamed(name: string) {
  const key = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    hash('sha256', `key ${name}`),
  ])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}
