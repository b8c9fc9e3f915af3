import { describe, expect, test } from 'vitest'
import { Classifier } from '../../../src/core/step/classify.ts'
import { Held, Shelf } from '../../../src/core/flow/shelf.ts'
import type { Step } from '../../../src/core/step/step.ts'
import { login } from '../login.ts'

const weighsNothing = () => 0

describe('a value on the shelf', () => {
  test('is what it was, once it is asked for again', () => {
    const classifier = new Classifier(['https://mcp.example/mcp'], () => undefined)
    const steps: Step[] = login().map((exchange, order) => classifier.classify(exchange, order))
    const shelf = new Shelf(0)
    const held = new Held(shelf, steps, weighsNothing)
    shelf.tidy()
    expect(held.value).not.toBe(steps)
    expect(held.value).toStrictEqual(steps)
  })

  test('stays the same object until others were asked for', () => {
    const shelf = new Shelf(1)
    const [first, second] = [{ name: 'first' }, { name: 'second' }]
    const held = new Held(shelf, first, weighsNothing)
    shelf.tidy()
    expect(held.value).toBe(first)
    expect(new Held(shelf, second, weighsNothing).value).toBe(second)
    shelf.tidy()
    expect(held.value).not.toBe(first)
    expect(held.value).toEqual(first)
  })

  test('is packed with what was changed in it', () => {
    const shelf = new Shelf(0)
    const held = new Held(shelf, ['one'], weighsNothing)
    shelf.tidy()
    held.changed.push('two')
    shelf.tidy()
    expect(held.value).toEqual(['one', 'two'])
  })

  test('stays as it is when it weighs much', () => {
    const shelf = new Shelf(0)
    const value = {}
    const held = new Held(shelf, value, () => 2 ** 21)
    shelf.tidy()
    expect(held.value).toBe(value)
  })
})
