import { expect, test } from 'vitest'
import { checklistNote, drawCategories, drawChecklist } from '../../../src/tui/view/checklist.ts'
import { drawn, told } from '../fixtures/told.ts'

test('a category is a row: its state, a bar of its items, and how many passed', () => {
  expect(drawn(50, 6, (frame) => drawCategories(frame, told().scene, false))).toEqual([
    ' ◐ Endpoints           PARTLY   █·██   3/4',
    ' ✗ Token and header    FAIL     ███▒   3/4',
    ' ✓ 401 set-up          PASS     █████  5/5',
    ' ✗ Audience and claims FAIL     ██▒▒·█ 3/6',
    ' ✓ Client registration PASS     ████   4/4',
    ' ✗ PKCE                FAIL     █·█▒   2/4',
  ])
})

test('items stand below their category, with the exchange that shows them', () => {
  const { ui, scene } = told()
  ui.select('6')
  const lines = drawn(90, 33, (frame) => drawChecklist(frame, scene, 0))
  expect(lines.find((line) => line.includes('A-3'))).toMatch(/^ {2}▶ ✗ FAIL .* A-3 .* #6$/)
  expect(lines.find((line) => line.includes('D-1'))).toMatch(/^ {4}✓ .* D-1 .* #3$/)
  expect(lines.find((line) => line.includes('D-2'))).not.toContain('#')
})

test('the note counts, and says of blind ones only where there are some', () => {
  expect(checklistNote(told().scene)).toBe('20 pass  4 fail  3 not seen')
})
