import { expect, test } from 'vitest'
import { checklistCategories, checklistRows } from '../../../src/tui/model/checklist.ts'
import { told } from '../fixtures/told.ts'

test('a category fails with one item, passes with all, and is seen partly with some', () => {
  const states = checklistCategories(told().model).map(({ name, state, passed, items }) => [
    name,
    state,
    `${passed}/${items.length}`,
  ])
  expect(states).toEqual([
    ['Endpoints', 'partly', '3/4'],
    ['Token and header', 'fail', '3/4'],
    ['401 set-up', 'pass', '5/5'],
    ['Audience and claims', 'fail', '3/6'],
    ['Client registration', 'pass', '4/4'],
    ['PKCE', 'fail', '2/4'],
  ])
})

test('an item names the exchange that shows it, and the finding that fails it', () => {
  const rows = checklistRows(told().model)
  const item = (name: string) =>
    rows.flatMap((row) => ('item' in row && row.item.item === name ? [row.item] : []))[0]
  expect(item('A-3')).toMatchObject({
    state: 'fail',
    exchange: '6',
    finding: 'audience/other-audience',
  })
  expect(item('D-1')).toMatchObject({ state: 'pass', exchange: '3', finding: undefined })
  expect(item('D-2')).toMatchObject({ state: 'notSeen', exchange: undefined })
})

test('before anything came, nothing was seen', () => {
  const states = checklistCategories(told([]).model).map(({ state }) => state)
  expect(new Set(states)).toEqual(new Set(['notSeen']))
  expect(checklistRows(told([]).model)).toHaveLength(27 + 6)
})
