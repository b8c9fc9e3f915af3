import { describe, expect, test } from 'vitest'
import { show, type } from './showing.ts'

const party = /auth(orization)? server/i
const remedy = /Put the resource that the client asked\s+for/

/** The text of the screen with its lines put together, and without the borders between them. */
function flat(text: string): string {
  return text.replaceAll(/[│┌┐└┘─]+/g, ' ').replaceAll(/\s+/g, ' ')
}

describe.each([
  [80, 24],
  [120, 40],
] as const)('at %i×%i', (columns, rows) => {
  test.each([
    ['Live', ['k']],
    ['Flow', ['2']],
    ['Findings', ['3', '\t', ' ']],
    ['Detail', ['k', '\r']],
  ])('%s names the broken step, the party and the remedy', async (_, keys) => {
    const session = await show('login', { columns, rows })
    await type(session, ...keys)
    const text = flat(session.text())
    expect(text).toMatch(/✗ FAIL #6 token · AUTH SERVER · aud /)
    expect(text).toMatch(party)
    expect(text).toMatch(remedy)
  })
})

test('on the smallest screen the step and the party are there, and every pane can be reached', async () => {
  const session = await show('login', { columns: 40, rows: 8 })
  await session.until('AUTH SERVER')
  await type(session, '3', '\t')
  await session.until('The access token is for another')
  await type(session, '1', '\t')
  await session.until('┌─ Findings')
  await type(session, '\x1b')
  await session.until('┌─ Exchanges')
})

test('what lies over a view tells its own keys', async () => {
  const session = await show('login')
  await type(session, 'y')
  expect(session.lines().at(-1)).toBe(' ⏎ choose  esc cancel')
  await type(session, '\x1b', '?')
  expect(session.lines().at(-1)).toMatch(/^ esc close {2}\/ search/)
})

test('what goes on in the next line stands in from the edge', async () => {
  const session = await show('login')
  await type(session, '\r')
  const at = session.lines().findIndex((line) => line.includes('WWW-Authenticate Bearer'))
  expect(session.lines()[at + 1]).toMatch(/^│ {3}\S/)
})
