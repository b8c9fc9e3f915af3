import { describe, expect, test } from 'vitest'
import {
  askForPath,
  copyChoices,
  copyCurl,
  copyIssue,
  copyUrl,
  masked,
  pageShown,
  saveChoices,
  textToSave,
} from '../../../src/tui/command/copying.ts'
import { staged } from '../fixtures/stage.ts'

const keys = (choices: readonly { readonly key: string }[]) =>
  choices.map(({ key }) => key).join('')

describe('what can be copied', () => {
  test('is how to begin, before anything has come', () => {
    const { stage, done } = staged([])
    const [offer, ...more] = copyChoices(stage)
    expect(more).toEqual([])
    expect(offer).toMatchObject({ key: '1', label: 'Claude' })
    offer!.does!()
    expect(done).toEqual([['copy', 'claude mcp add', 'Claude']])
  })

  test('is the request, its URL and the finding; a page only where one is open', () => {
    const { stage, ui } = staged()
    expect(keys(copyChoices(stage))).toBe('cuf')
    ui.state.detail = { tab: 'response' }
    expect(keys(copyChoices(stage))).toBe('cufp')
    ui.state.detail = undefined
    ui.state.overlays.push({ kind: 'diff', left: '1', right: '2' })
    expect(keys(copyChoices(stage))).toBe('cufp')
  })

  test('says what it is, once it is copied', () => {
    const { stage, ui, done } = staged()
    ui.select('6')
    copyUrl(stage)
    copyCurl(stage)
    copyIssue(stage)
    expect(done.map(([, text, what]) => [String(text).split('\n')[0], what])).toEqual([
      ['https://login.example/token', 'The URL'],
      [expect.stringMatching(/^CODE=''/), 'The curl command'],
      [expect.stringContaining('The access token is for another audience'), 'The finding'],
    ])
  })

  test('is nothing where nothing is selected or found, and that is said', () => {
    const { stage, done, said } = staged([])
    copyUrl(stage)
    expect(said()).toBe('No exchange is selected.')
    copyIssue(stage)
    expect(said()).toBe('There is no finding.')
    copyCurl(stage)
    expect(said()).toBe('authtap no longer holds this exchange.')
    expect(done).toEqual([])
  })
})

test('what leaves the screen is masked, also while secrets are shown on it', () => {
  const { stage, ui } = staged(undefined, { secret: 'REAL' })
  ui.select('7')
  ui.state.detail = { tab: 'request' }
  ui.state.revealed = true
  expect(stage.texts('detail').join('\n')).toContain('REAL')
  expect(pageShown(stage)).toMatch(/‹access_token:[0-9a-f]{16}›/)
  expect(pageShown(stage)).not.toContain('REAL')
  expect(ui.state.revealed).toBe(true)
})

test('secrets are shown again even when what was made of the screen fails', () => {
  const { ui } = staged()
  ui.state.revealed = true
  expect(() =>
    masked(ui, () => {
      throw new Error(String(ui.state.revealed))
    }),
  ).toThrow('false')
  expect(ui.state.revealed).toBe(true)
})

test('the page that is given away is the one on top', () => {
  const { stage, ui } = staged()
  ui.select('6')
  expect(pageShown(stage)).toMatch(/^ HTTP\/1\.1 200/)
  ui.state.detail = { tab: 'curl' }
  expect(pageShown(stage)).toMatch(/^ CODE=''/)
  ui.state.overlays.push({ kind: 'diff', left: '1', right: '7' })
  expect(pageShown(stage)).toMatch(/^ - #1/)
})

describe('what can be saved', () => {
  test('has the finding and the request only where there are such', () => {
    expect(keys(saveChoices(staged().stage))).toBe('hmjifcs')
    expect(keys(saveChoices(staged([]).stage))).toBe('hmjis')
  })

  test('is asked for by a path that is proposed', () => {
    const { stage, ui } = staged()
    saveChoices(stage).find(({ key }) => key === 'i')!.does!()
    expect(ui.state.prompt).toMatchObject({ kind: 'path', text: 'proposed.sarif', saves: 'sarif' })
    askForPath(ui, stage.effects, 'har')
    expect(ui.state.prompt).toMatchObject({ text: 'proposed.har', saves: 'har' })
  })

  test('is text of the screen itself for a finding and a request alone', () => {
    const { ui } = staged()
    expect(textToSave('finding', ui)).toContain('The access token is for another audience')
    expect(textToSave('curl', ui)).toMatch(/\n$/)
    expect(textToSave('har', ui)).toBeUndefined()
    expect(textToSave('curl', staged([]).ui)).toBeUndefined()
  })
})
