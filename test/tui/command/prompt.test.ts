import { describe, expect, test } from 'vitest'
import { typeKey, typeText } from '../../../src/tui/command/prompt.ts'
import { openPrompt } from '../../../src/tui/model/layers.ts'
import { staged } from '../fixtures/stage.ts'

function typing(text = '', history: string[] = []) {
  const { ui } = staged([])
  ui.state.history.filter = history
  openPrompt(ui, 'filter', text)
  const press = (...keys: string[]) => {
    const results = keys.map((key) => typeKey(ui.state, key, key.length === 1 ? key : undefined))
    return { result: results.at(-1), text: ui.state.prompt!.text }
  }
  return { state: ui.state, press }
}

test('characters are added, and keys without one do nothing', () => {
  expect(typing('a').press('b', 'f5', 'é').text).toBe('abé')
})

test('a character, a word or all of it is taken away', () => {
  expect(typing('ab👍').press('backspace').text).toBe('ab')
  expect(typing('kind:token  status:4 ').press('C-w').text).toBe('kind:token  ')
  expect(typing('one').press('C-w', 'C-w').text).toBe('')
  expect(typing('one two').press('C-u').text).toBe('')
  expect(typing('').press('backspace').text).toBe('')
})

test('enter takes what is typed, escape does not', () => {
  const taken = typing('kind:token', ['a'])
  expect(taken.press('enter').result).toBe('done')
  expect(taken.state.history.filter).toEqual(['a', 'kind:token'])
  for (const key of ['escape', 'C-c']) {
    const left = typing('kind:token')
    expect(left.press(key).result).toBe('cancelled')
    expect(left.state.history.filter).toEqual([])
  }
})

describe('what was typed before', () => {
  test('is gone back to, and one finds back to what was being typed', () => {
    const { press } = typing('new', ['a', 'b'])
    const texts = ['up', 'up', 'up', 'down', 'down', 'down'].map((key) => press(key).text)
    expect(texts).toEqual(['b', 'a', 'a', 'b', 'new', 'new'])
    expect(press('up', 'x').text).toBe('bx')
    expect(press('down').text).toBe('bx')
  })

  test('stays as it is where there is none', () => {
    expect(typing('new').press('up').text).toBe('new')
  })

  test('holds each text once, the newest fifty', () => {
    const many = Array.from({ length: 50 }, (_, n) => `t${n}`)
    const { state, press } = typing('t3', many)
    press('enter')
    expect(state.history.filter).toHaveLength(50)
    expect(state.history.filter.at(-1)).toBe('t3')
    const other = typing('new', many)
    other.press('enter')
    expect([other.state.history.filter.length, other.state.history.filter[0]]).toEqual([50, 't1'])
    const blank = typing('  ', ['a'])
    blank.press('enter')
    expect(blank.state.history.filter).toEqual(['a'])
  })
})

test('a paste is one line, and no longer than anything that is typed', () => {
  const { state } = typing('a')
  typeText(state, ' b \n  c\n')
  expect(state.prompt!.text).toBe('a b c ')
  typeText(state, 'x'.repeat(5000))
  expect(state.prompt!.text).toHaveLength(4000)
})
