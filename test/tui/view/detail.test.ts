import { expect, test } from 'vitest'
import { type Tab, tabs } from '../../../src/tui/model/state.ts'
import { width } from '../../../src/tui/term/width.ts'
import { detailPage, tabTitle } from '../../../src/tui/view/detail.ts'
import { textOf } from '../../../src/tui/view/line.ts'
import { failedLogin } from '../fixtures/login.ts'
import { expectGoldenPage } from '../fixtures/painted.ts'
import { told } from '../fixtures/told.ts'

function page(session: ReturnType<typeof told>, id: string, tab: Tab | 'preview', columns = 100) {
  const row = session.model.row(id)
  return detailPage(row, tab, session.scene, columns).map(textOf)
}

test.each(['checks', 'curl'] as const)('the tab %s looks as it should', async (tab) => {
  const { scene, model } = told()
  await expectGoldenPage(`detail-${tab}`, scene, (scene, columns) =>
    detailPage(model.row('6'), tab, scene, columns),
  )
})

test('the open tab stands in brackets, behind the exchange', () => {
  const row = told().model.row('6')
  expect(tabTitle(row, 'token')).toBe('#6  Request  Response [Token] Checks  curl ')
  expect(tabTitle(undefined, 'token')).toBe('Detail')
})

test('messages and tokens have the findings above them that they are evidence of, worst first', () => {
  for (const tab of ['request', 'response', 'token'] as const) {
    const lines = page(told(), '6', tab)
    expect(lines[0]).toBe(
      ' ✗ AUTH SERVER · The access token is for another audience than this MCP server',
    )
    expect(lines.slice(1, 4)).toEqual([
      ' expected  aud https://mcp.example/mcp',
      ' got       aud https://api.example',
      expect.stringMatching(/^ {3}fix Put the resource/),
    ])
    expect(lines).toContain('─'.repeat(100))
    expect(page(told(), '2', tab)).not.toContain('─'.repeat(100))
  }
})

test('the preview is the response alone; the request while nothing has come back', () => {
  expect(page(told(), '6', 'preview')[0]).toMatch(/^ HTTP\/1\.1 200 OK/)
  const [{ response: _, endedAt: __, ...open }] = failedLogin() as [
    ReturnType<typeof failedLogin>[0],
  ]
  expect(page(told([open]), '1', 'preview')[0]).toBe(' POST https://mcp.example/mcp')
  const failure = { phase: 'tcp', code: 'ECONNREFUSED', message: 'refused' } as const
  expect(page(told([{ ...open, failure }]), '1', 'preview')[0]).toContain('ECONNREFUSED')
})

test('checks tell every finding here whole, and name those of other exchanges of the flow', () => {
  const lines = page(told(), '6', 'checks')
  expect(lines[0]).toBe(' token  token (authorization_code): 200, token issued')
  expect(lines.join('\n')).toContain('An MCP server must refuse a token that was not issued for it')
  const elsewhere = lines.indexOf(' Elsewhere in this flow')
  expect(lines.slice(elsewhere + 1)).toEqual([
    '   ✗ bearer/token-refused  #7',
    '   ▲ scope/not-asked  #5',
  ])
  expect(page(told(), '2', 'checks')).toContain(' No rule found anything wrong with this exchange.')
  const alone = page(told(failedLogin().slice(0, 2)), '2', 'checks')
  expect(alone).not.toContain(' Elsewhere in this flow')
})

test('lines are as long as the pane unless wrapping is off', () => {
  const session = told()
  for (const tab of tabs)
    for (const line of page(session, '6', tab, 50)) expect(width(line)).toBeLessThanOrEqual(50)
  session.ui.state.wrap = false
  const long = page(session, '6', 'curl', 50).filter((line) => width(line) > 50)
  expect(long).not.toEqual([])
})

test('what is no longer held says so, and what the list still knows of it', () => {
  const { model, scene } = told()
  const row = { ...model.row('6')!, id: '99' }
  const [request, summary, , ...rest] = detailPage(row, 'response', scene, 80).map(textOf)
  expect([request, summary]).toEqual([' POST https://login.example/token', ` ${row.summary}`])
  expect(rest.join(' ')).toMatch(/no longer holds the content/)
  expect(detailPage(undefined, 'response', scene, 80).map(textOf)).toEqual([
    ' Nothing is selected.',
  ])
})
