import { expect, test } from 'vitest'
import { drawFindingStrip, stripStep } from '../../../src/tui/view/finding-strip.ts'
import { drawRules, findingPage } from '../../../src/tui/view/findings.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { drawn, told } from '../fixtures/told.ts'

const page = ({ ui, scene }: ReturnType<typeof told>, key: string, cursor?: number) => {
  const group = ui.groups.find((one) => one.key === key)
  const { lines, evidence } = findingPage(group, scene, 100, cursor)
  return { lines: lines.map(textOf), evidence }
}

test('the rules that found something, effects below their cause, and how often', () => {
  expect(drawn(40, 4, (frame) => drawRules(frame, told().scene, 0))).toEqual([
    ' ✗ The access token is for anothe…   ×1',
    ' └ ✗ A newly issued token is reje…   ×1',
    ' ▲ The authorization request name…   ×1',
    '',
  ])
  expect(drawn(40, 1, (frame) => drawRules(frame, told([]).scene, 0))).toEqual([
    ' No findings so far.',
  ])
})

test('a finding’s page says what, whose, expected and got, evidence, fix, why, and by which document', () => {
  const { lines } = page(told(), 'audience/other-audience')
  expect(lines.slice(0, 5)).toEqual([
    ' ✗ The access token is for another audience than this MCP server',
    ' AUTH SERVER · broke first · flow 1 · ×1 · +1 consequence',
    '',
    ' expected  aud https://mcp.example/mcp',
    ' got       aud https://api.example',
  ])
  expect(lines.join('\n')).toMatch(
    /The token's aud.* Evidence \(2\)\n.* Fix\n {3}Put the resource.* Why\n {3}An MCP server.* Specification\n {3}RFC 8707 §2.*causes {4}bearer\/token-refused/s,
  )
})

test('what follows from another finding says so at its head, and where to mend it', () => {
  const { lines } = page(told(), 'bearer/token-refused')
  expect(lines.slice(2, 5).join('')).toMatch(
    /^ ↳ follows from #6: aud is https:\/\/api\.example, must be .*Mend it there: Put the resource/,
  )
})

test('each piece of evidence stands where the page says, and the chosen one is marked', () => {
  const { lines, evidence } = page(told(), 'audience/other-audience', 1)
  expect(evidence.map((place) => lines[place])).toEqual([
    expect.stringMatching(/^ {3}#6 response\.jwt\.aud /),
    expect.stringMatching(/^ ▶ #6 request\.form\.resource /),
  ])
  expect(lines[evidence[0]! + 1]).toContain('https://api.example')
  expect(lines[evidence[0]! + 2]).toContain('(must be https://mcp.example/mcp)')
})

test('evidence that is not there is said not to be there', () => {
  const { lines, evidence } = page(told(), 'scope/not-asked')
  expect(lines[evidence[0]! + 1]!.trim()).toBe('absent')
})

test('the strip is a row a finding where it is low, and more where it is narrow', () => {
  expect([stripStep(60, 40, 3), stripStep(40, 6, 3)]).toEqual([1, 1])
  expect([stripStep(40, 13, 3), stripStep(40, 12, 3)]).toEqual([3, 2])
  expect(drawn(80, 3, (frame) => drawFindingStrip(frame, told().scene, 0, false))).toEqual([
    expect.stringMatching(/^ ✗ The access token is for another audience.* auth server +×1$/),
    expect.stringMatching(/^ └ ✗ A newly issued token is rejected.* MCP server +×1$/),
    expect.stringMatching(/^ ▲ The authorization request names no scope.* client +×1$/),
  ])
})
