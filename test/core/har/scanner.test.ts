import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HarScanner } from '../../../src/core/har/scanner.ts'

/** Feeds the text in pieces of the given size. */
function scan(text: string, size = 7): { scanner: HarScanner; elements: string[] } {
  const scanner = new HarScanner()
  const bytes = Buffer.from(text)
  const elements: string[] = []
  for (let at = 0; at < bytes.length; at += size)
    for (const element of scanner.push(bytes.subarray(at, at + size))) {
      const text = element.bytes.toString()
      // Where it says it stands, it stands.
      expect(bytes.toString('utf8', element.at, element.at + element.bytes.length)).toBe(text)
      elements.push(text)
    }
  return { scanner, elements }
}

const element = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue()),
  fc.array(fc.jsonValue()),
  fc.constant({ 'a"\\': '\\"]}', '{': '[\\\\', entries: [{ b: 1 }] }),
)
const head = fc.record({ version: fc.string(), x: fc.jsonValue(), _authtap: fc.jsonValue() })

describe('HarScanner', () => {
  test('finds what JSON.parse finds, wherever the chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.array(element, { maxLength: 5 }),
        head,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 1, '\t'),
        fc.boolean(),
        (entries, { _authtap, ...rest }, size, space, last) => {
          const log = last ? { ...rest, _authtap, entries } : { entries, ...rest, _authtap }
          const other = { entries: [{ not: 'these' }] }
          const document = last ? { other, log } : { log, other }
          const { scanner, elements } = scan(`\ufeff${JSON.stringify(document, null, space)}`, size)
          expect(elements.map((text) => JSON.parse(text) as unknown)).toEqual(
            JSON.parse(JSON.stringify(entries)),
          )
          expect(scanner.complete).toBe(true)
          expect(scanner.head()).toEqual(JSON.parse(JSON.stringify({ ...log, entries: [] })))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a cut file gives what is whole of it', () => {
    const entries = [{ a: '}' }, { b: ['"'] }, {}, { c: 'é' }]
    const text = JSON.stringify({ log: { version: '1.2', entries, _authtap: { x: 1 } } })
    for (let cut = 0; cut < Buffer.byteLength(text); cut += 1) {
      const scanner = new HarScanner()
      const found = scanner
        .push(Buffer.from(text).subarray(0, cut))
        .map(({ bytes }) => JSON.parse(bytes.toString()) as unknown)
      expect(found).toEqual(entries.slice(0, found.length))
      expect(scanner.complete).toBe(false)
      if (scanner.found) expect(scanner.head()).toMatchObject({ version: '1.2' })
    }
  })

  test('what comes after the document is told from it', () => {
    for (const trailing of ['x', '{"log":{"entries":[{"a":1}]}}', '"', ']', '[', '0']) {
      const { scanner, elements } = scan(`{"log":{"entries":[{}],"v":1}}  ${trailing}`)
      expect(elements).toEqual(['{}'])
      expect(scanner.complete).toBe(false)
      expect(scanner.head()).toEqual({ entries: [], v: 1 })
    }
    expect(scan('{"log":{"entries":[]}} \n').scanner.complete).toBe(true)
  })

  test.each([
    '{"log":{"pages":[{"entries":[{}]}]}}',
    '{"entries":[{}]}',
    '{"har":{"entries":[{}]}}',
    '{"log":"x","y":{"entries":[{}]}}',
    '{"log":{"entries":"x","y":[{}]}}',
    '{"log":{"entries":{"a":[{}]}}}',
    '[[[{}]]]',
    '"entries":[{}]',
    '',
  ])('there are no entries in %s', (text) => {
    const { scanner, elements } = scan(text)
    expect(elements).toEqual([])
    expect(scanner.found).toBe(false)
  })

  test('elements that are no objects are passed over', () => {
    const { scanner, elements } = scan('{"log":{"entries":[null,1,"{",true,{"a":1},"]"]}}')
    expect(elements).toEqual(['{"a":1}'])
    expect(scanner.complete).toBe(true)
  })

  test('a second list of entries does not count', () => {
    expect(scan('{"log":{"entries":[{}],"entries":[{},{}]}}').elements).toEqual(['{}'])
  })

  test('any bytes are survived', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'log', 'entries', ' ')
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
        const { scanner } = scan(`{"log":{"entries":[${pieces.join('')}`, size)
        scanner.head()
      }),
      { numRuns: 500 },
    )
  })
})
