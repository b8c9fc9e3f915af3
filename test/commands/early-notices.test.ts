import { expect, test } from 'vitest'
import { EarlyNotices } from '../../src/commands/early-notices.ts'

test('what is told during the start comes after it, in its order, and nothing twice', () => {
  const told: string[] = []
  const notices = new EarlyNotices(({ code }) => told.push(code))
  const tell = (code: string) => notices.tell({ code, text: '', level: 'info' })
  tell('a')
  tell('b')
  told.push('listening')
  notices.release()
  tell('c')
  notices.release()
  expect(told).toEqual(['listening', 'a', 'b', 'c'])
})
