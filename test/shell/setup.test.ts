import { expect, test } from 'vitest'
import { setupLines, setupOffers } from '../../src/shell/setup.ts'

test('each client is a line, the texts below each other', () => {
  const offers = setupOffers('http://localhost:8484/mcp')
  const [head, ...lines] = setupLines(offers)
  expect(head).toBe('Point the client at that URL:')
  expect(lines).toEqual(offers.map(({ client }) => expect.stringMatching(`^  ${client} {2,}`)))
  expect(lines.map((line, place) => line.indexOf(offers[place]!.text))).toEqual(
    offers.map(() => 16),
  )
})
