import { expect, test } from 'vitest'
import { drawFindingStrip, stripStep } from '../../../src/tui/view/finding-strip.ts'
import { drawRules, findingPage } from '../../../src/tui/view/findings.ts'
import { layout } from '../../../src/tui/view/layout.ts'
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
    /Evidence \(2\)\n.* Seen\n.* Fix\n {3}Put the resource.* Why\n {3}An MCP server.* Specification\n {3}RFC 8707 §2.*causes {4}bearer\/token-refused/s,
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
    expect.stringMatching(/^ {3}#6 token response, claim aud$/),
    expect.stringMatching(/^ ▶ #6 token request, parameter resource$/),
  ])
  expect(lines[evidence[0]! + 1]).toContain('https://api.example')
  expect(lines[evidence[0]! + 2]).toContain('(must be https://mcp.example/mcp)')
})

test('evidence that is not there is said not to be there', () => {
  const { lines, evidence } = page(told(), 'scope/not-asked')
  expect(lines[evidence[0]! + 1]!.trim()).toBe('absent')
})

test('below what was found stand the two values that disagree, and how to mend it, at 80×24 as well', () => {
  const { scene, ui } = told()
  const { findings } = layout('live', { columns: 80, rows: 24 }, undefined, {
    findings: ui.groups.length,
    exchanges: ui.model.rows.length,
    flows: 1,
  })
  const strip = () =>
    drawn(78, findings!.rows - 2, (frame) => drawFindingStrip(frame, scene, 0, false)).slice(3)
  expect(strip().slice(0, 3)).toEqual([
    ' expected  aud https://mcp.example/mcp',
    ' got       aud https://api.example',
    expect.stringMatching(/^ Fix {7}Put the resource/),
  ])
  // They are about what is selected: of a consequence, about its cause.
  ui.select('5')
  expect(strip().join(' ')).not.toContain('aud')
  ui.select('7')
  expect(strip().join(' ')).toContain('got       aud')
})

test('what was mended since has no mark of alarm', () => {
  const { scene, ui, tell } = told()
  const { finding } = ui.groups[0]!
  tell([{ type: 'finding', finding: { ...finding, past: true } }])
  expect(drawn(80, 3, (frame) => drawRules(frame, scene, 0)).join()).toContain(
    '○ The access token is for another',
  )
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
