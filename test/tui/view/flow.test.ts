import { expect, test } from 'vitest'
import { drawFlow, flowPlaces, flowTitle, stepRows } from '../../../src/tui/view/flow.ts'
import { failedLogin } from '../fixtures/login.ts'
import { drawn, told } from '../fixtures/told.ts'

const flow = ({ scene }: ReturnType<typeof told>, columns: number, rows: number, top = 0) =>
  drawn(columns, rows, (frame) => drawFlow(frame, scene, top))

test('a step is an arrow between who asks and who answers, through the proxy', () => {
  const lines = flow(told(failedLogin().slice(0, 3)), 78, 8)
  expect(lines[0]).toMatch(/Browser +Client +Proxy +MCP server +Auth server/)
  expect(lines[1]).toMatch(/#1 +│ +│ POST \/mcp → 401 +│ +│$/)
  expect(lines[2]).toMatch(/│ +│─+┼─+▶│ +│$/)
  expect(lines[6]).toMatch(/│ +│─+┼─+▶│$/)
  expect(lines[7]).toMatch(/^ +│ +│ +│ +│ +│$/)
})

test('where it broke stands whose it is, what was seen, and how to mend it', () => {
  const text = flow(told(), 78, 24, 5).join(' ').replaceAll(/\s+/g, ' ')
  expect(text).toContain('✗ #6')
  expect(text).toContain("✗ broke first, the authorization server has to act: The token's aud")
  expect(text).toContain('fix: Put the resource that the client asked for into aud.')
})

test('without room for lanes a step is a line', () => {
  const lines = flow(told(), 50, 12)
  expect(lines[0]).toMatch(/^ {2}#1 +Clien→MCP +POST \/mcp → 401$/)
  expect(lines[4]).toMatch(/^▲ #5 +Brows→AuthS +GET \/authorize → 302$/)
  expect(lines[5]).toMatch(/^✗ #6 +Clien→AuthS +POST \/token → 200$/)
})

test('with much room the findings stand beside the steps', () => {
  const lines = flow(told(), 118, 20)
  expect(lines.find((line) => line.includes('#5'))).toMatch(/▲ The authorization request nam…$/)
  expect(lines.find((line) => line.includes('#7'))).toMatch(/✗ A newly issued token is/)
})

test('a step takes the rows that it is drawn on', () => {
  const places = flowPlaces(told().scene, 78)
  const rows = places.map((place) => stepRows(place, 78))
  expect(rows.filter((count) => count !== 2)).toEqual([2 + places[5]!.reason.length])
  expect(stepRows(places[0]!, 50)).toBe(1)
})

test('the title says which flow it is, how it ended and what it is about', () => {
  expect(flowTitle(told([]).scene)).toBe('Flow')
  expect(flowTitle(told().scene)).toBe(
    'Flow 1 · in-progress · https://mcp.example/mcp · client client-one',
  )
  expect(flow(told([]), 78, 2)[0]).toContain('No flow yet')
})
