import { expect, test } from 'vitest'
import { setupLines, setupOffers, setupPage } from '../../src/shell/setup.ts'

const url = 'http://localhost:8484/mcp'

test('each client is two lines: how it is set up, and how it logs in and forgets', () => {
  const offers = setupOffers(url)
  const [head, ...lines] = setupLines(offers)
  expect(head).toBe('Point the client at that URL:')
  expect(lines).toHaveLength(2 * offers.length)
  for (const [index, { client, text, login, undo }] of offers.entries()) {
    expect(lines[2 * index]).toBe(`  ${client.padEnd(14)}${text}`)
    expect(lines[2 * index + 1]).toContain(`then ${login}; to undo: ${undo}`)
  }
})

test('the lines go on to the login, by the commands that clients have for it', () => {
  const text = setupLines(setupOffers(url)).join('\n')
  for (const command of [
    'claude mcp login authtap',
    'codex mcp login authtap',
    '/mcp auth authtap',
  ])
    expect(text).toContain(command)
})

test('every target has lines of its own, under names of their own', () => {
  const text = setupPage([{ url }, { url: 'http://localhost:8485/mcp' }])
  expect(text).toContain(`claude mcp add --transport http authtap ${url}`)
  expect(text).toContain('claude mcp add --transport http authtap-2 http://localhost:8485/mcp')
  expect(text).toContain('Point the client at http://localhost:8485/mcp:')
})
