import { type Node, parseTree } from 'jsonc-parser'

/** A string in a JSON text. */
export interface JsonString {
  readonly value: string
  /** RFC 6901. */
  readonly pointer: string
  readonly node: Node
}

export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * A JSON object as it was written. Changes are spliced into the bytes, so everything else stays: order, spacing, escapes,
 * repeated members.
 */
export class JsonText {
  /** One character a byte: the syntax of JSON is ASCII, and so places are places in the bytes. */
  readonly #text: string
  readonly #root: Node

  private constructor(text: string, root: Node) {
    this.#text = text
    this.#root = root
  }

  /** Undefined when the bytes are no JSON object that a client would accept. */
  static read(bytes: Uint8Array): JsonText | undefined {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    // A byte order mark is blanked, not removed: places have to stay.
    const unmarked = text.startsWith('\u00ef\u00bb\u00bf') ? `   ${text.slice(3)}` : text
    try {
      JSON.parse(unmarked)
      const root = parseTree(unmarked)
      return root?.type === 'object' ? new JsonText(text, root) : undefined
    } catch {
      // Not JSON, or nested so deeply that reading it overflows the stack.
      return undefined
    }
  }

  /** The string members of that name; a name may be repeated. */
  strings(name: string): JsonString[] {
    return this.#members(name).flatMap((node) => this.#string(node, `/${name}`))
  }

  /** The strings in the list members of that name. */
  listed(name: string): JsonString[] {
    return this.lists(name).flatMap((list) =>
      (list.children ?? []).flatMap((node, index) => this.#string(node, `/${name}/${index}`)),
    )
  }

  lists(name: string): Node[] {
    return this.#members(name).filter((node) => node.type === 'array')
  }

  has(name: string): boolean {
    return this.#members(name).length > 0
  }

  /** Whether the member is `true`. */
  isTrue(name: string): boolean {
    return this.#members(name).at(-1)?.value === true
  }

  /** Replaces the beginning of a string and leaves the rest as it was escaped. */
  changeStart(string: JsonString, changed: string): Splice | undefined {
    const { value, node } = string
    if (value === changed) return undefined
    let common = 0
    const shorter = Math.min(value.length, changed.length)
    while (common < shorter && value.at(-1 - common) === changed.at(-1 - common)) common++
    const start = node.offset + 1
    const end = start + this.#rawLength(start, value.length - common)
    return { start, end, text: escaped(changed.slice(0, changed.length - common)) }
  }

  /** Adds strings at the end of a list. */
  append(list: Node, values: readonly string[]): Splice {
    const last = list.children?.at(-1)
    const at = last === undefined ? list.offset + 1 : last.offset + last.length
    const added = values.map((value) => `"${escaped(value)}"`).join(',')
    return { start: at, end: at, text: last === undefined ? added : `,${added}` }
  }

  /** Removes those elements of a list, and the commas that go with them. */
  remove(list: Node, unwanted: (string: string) => boolean): Splice[] {
    const children = list.children ?? []
    const kept = children.filter((node) => !this.#isUnwanted(node, unwanted))
    if (kept.length === children.length) return []
    const inner = { start: list.offset + 1, end: list.offset + list.length - 1 }
    if (kept.length === 0) return [{ ...inner, text: '' }]
    const splices: Splice[] = []
    children.forEach((node, index) => {
      if (!this.#isUnwanted(node, unwanted)) return
      const before = children[index - 1]
      const after = children[index + 1]
      // With its comma: the one before, or for those at the beginning the one after.
      const leads = children.slice(0, index).every((one) => this.#isUnwanted(one, unwanted))
      if (leads && after !== undefined)
        splices.push({ start: node.offset, end: after.offset, text: '' })
      else if (before !== undefined)
        splices.push({
          start: before.offset + before.length,
          end: node.offset + node.length,
          text: '',
        })
    })
    return splices
  }

  /** The bytes with the changes made. Splices may not overlap. */
  apply(splices: readonly Splice[]): Buffer {
    let changed = ''
    let done = 0
    for (const { start, end, text } of [...splices].sort((a, b) => a.start - b.start)) {
      changed += this.#text.slice(done, start) + Buffer.from(text, 'utf8').toString('latin1')
      done = end
    }
    return Buffer.from(changed + this.#text.slice(done), 'latin1')
  }

  #members(name: string): Node[] {
    return (this.#root.children ?? []).flatMap((property) => {
      const [key, value] = property.children ?? []
      return key?.value === name && value !== undefined ? [value] : []
    })
  }

  #string(node: Node, pointer: string): JsonString[] {
    if (node.type !== 'string') return []
    const raw = this.#text.slice(node.offset, node.offset + node.length)
    const value: unknown = JSON.parse(Buffer.from(raw, 'latin1').toString('utf8'))
    return typeof value === 'string' ? [{ value, pointer, node }] : []
  }

  #isUnwanted(node: Node, unwanted: (string: string) => boolean): boolean {
    return this.#string(node, '').some(({ value }) => unwanted(value))
  }

  /** Bytes that the first `count` UTF-16 units of a string take in the text. */
  #rawLength(start: number, count: number): number {
    let at = start
    for (let units = 0; units < count;) {
      const byte = this.#text.charCodeAt(at)
      if (byte === 0x5c) {
        at += this.#text[at + 1] === 'u' ? 6 : 2
        units += 1
      } else {
        const bytes = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
        at += bytes
        units += bytes === 4 ? 2 : 1
      }
    }
    return at - start
  }
}

function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1)
}
