import { describe, expect, test } from 'vitest'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

describe('what is selected', () => {
  test('is the newest exchange while the list is followed', () => {
    const { ui, take } = told(failedLogin().slice(0, 3))
    expect(ui.selected?.id).toBe('3')
    take(failedLogin()[3]!)
    expect(ui.selected?.id).toBe('4')
  })

  test('stays what was chosen, and ends the following', () => {
    const { ui, take } = told(failedLogin().slice(0, 3))
    ui.select('2')
    take(failedLogin()[3]!)
    expect([ui.selected?.id, ui.state.follow]).toEqual(['2', false])
  })

  test('is not what does not exist, and the newest when it was cleared away', () => {
    const { ui, model, take } = told(failedLogin().slice(0, 3))
    ui.select('nobody')
    expect(ui.state.follow).toBe(true)
    ui.select('2')
    model.clear()
    expect(ui.selected).toBeUndefined()
    take(failedLogin()[4]!)
    expect(ui.selected?.id).toBe('5')
  })

  test('decides which flow is shown', () => {
    const other = failedLogin('two').map((exchange) => ({
      ...exchange,
      id: `b${exchange.id}`,
      client: 'c2',
      connection: 'k2',
    }))
    const { ui } = told([...failedLogin(), ...other])
    ui.select('3')
    expect(ui.flow).toBe('w1')
    ui.select('b3')
    expect(ui.flow).toBe('w2')
  })
})

test('the finding that is shown is the chosen one, while it exists, else the first', () => {
  const { ui, model, tell } = told()
  expect(ui.group?.key).toBe('audience/other-audience')
  ui.state.finding = 'scope/not-asked'
  expect(ui.group?.key).toBe('scope/not-asked')
  expect(ui.groups).toBe(ui.groups)
  const { id } = model.findingsAt('5')[0]!
  tell([{ type: 'finding-withdrawn', 'finding-withdrawn': { id } }])
  expect(ui.group?.key).toBe('audience/other-audience')
})

test('keys are for the palette, else what lies on top, else the detail, else the focus', () => {
  const { ui } = told()
  expect(ui.pane).toBe('list')
  ui.state.view = 'findings'
  expect(ui.pane).toBe('rules')
  ui.state.detail = { tab: 'token' }
  expect(ui.pane).toBe('detail')
  ui.state.overlays.push({ kind: 'log' })
  expect(ui.pane).toBe('log')
  ui.state.prompt = { kind: 'filter', text: '', before: '', past: undefined }
  expect(ui.pane).toBe('log')
  ui.state.prompt = { kind: 'palette', text: '', before: '', past: undefined }
  expect(ui.pane).toBe('palette')
})
