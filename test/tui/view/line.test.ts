import { describe, expect, test } from 'vitest'
import { clipped, labelled, line, prose, textOf, wrapped } from '../../../src/tui/view/line.ts'

const texts = (lines: readonly Parameters<typeof textOf>[0][]) => lines.map(textOf)

test('prose is wrapped and moved in, and keeps its own lines', () => {
  expect(texts(prose('one two three\nfour', 12, undefined, 2))).toEqual([
    '  one two',
    '  three',
    '  four',
  ])
})

test('a label stands before the first line alone', () => {
  expect(texts(labelled('Fix', 'one two three', 14, 5))).toEqual(['Fix  one two', '     three'])
})

describe('a line with styles, wrapped', () => {
  const spans = [{ text: 'name: ', style: 'key' }, { text: 'a value of words' }] as const

  test('stays whole where it fits', () => {
    expect(wrapped(spans, 22)).toEqual([spans])
  })

  test('is broken at spaces, moved in, and each piece keeps its style', () => {
    const lines = wrapped(spans, 14, 2)
    expect(texts(lines)).toEqual(['name: a value ', '  of words'])
    expect(lines[0]![0]).toEqual({ text: 'name: ', style: 'key' })
  })

  test('is broken within a word that is longer than half of it', () => {
    expect(texts(wrapped(line('ab cdefghijklmnop'), 10))).toEqual(['ab cdefghi', 'jklmnop'])
  })

  test('ends, be a character wider than the room', () => {
    expect(texts(wrapped(line('日本'), 1))).toEqual(['日', '本'])
  })
})

test('of too many lines the last one says that there are more', () => {
  const lines = ['a', 'b', 'c'].map((text) => line(text))
  expect(texts(clipped(lines, 3))).toEqual(['a', 'b', 'c'])
  expect(texts(clipped(lines, 2))).toEqual(['a', 'b…'])
})
