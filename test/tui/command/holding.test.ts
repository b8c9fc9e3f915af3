import { expect, test } from 'vitest'
import type { Decision } from '../../../src/core/intercept/decision.ts'
import type { Holding } from '../../../src/core/intercept/holding.ts'
import { Holds } from '../../../src/core/intercept/holds.ts'
import type { Message } from '../../../src/core/intercept/message.ts'
import {
  answerHeld,
  changeHeld,
  cutHeld,
  holdAll,
  holdThese,
  letGo,
  openHeld,
} from '../../../src/tui/command/holding.ts'
import { failedLogin } from '../fixtures/login.ts'
import { staged } from '../fixtures/stage.ts'

const message: Message = {
  side: 'request',
  method: 'POST',
  url: 'https://as.example/token',
  status: 0,
  headers: [],
  body: 'code=c1',
}

/** A desk on which the request of one exchange lies. */
function desk(lying: Message = message) {
  const decisions: Decision[] = []
  let isThere = true
  const holding: Holding = {
    holds: new Holds(),
    at: (id) =>
      id === '6' && isThere ? { id, message: lying, fixed: 'https://as.example/' } : undefined,
    decide: (_, decision) => {
      decisions.push(decision)
      const was = isThere
      isThere = false
      return was
    },
    work: () => {},
    rest: () => {},
  }
  return { holding, decisions, leave: () => (isThere = false) }
}

test('what is like the selected exchange is held, and what is filtered, and everything; again: no longer', () => {
  const { holding } = desk()
  const { stage, ui, said } = staged(undefined, { holding })
  ui.select('6')
  holdThese(stage)
  expect(holding.holds.filters).toEqual(['kind:token'])
  expect(said()).toContain('kind:token is held; a lets it go')
  holdThese(stage)
  expect(holding.holds.filters).toEqual([])
  ui.state.filter = 'status:401'
  holdThese(stage)
  holdAll(stage)
  expect(holding.holds.filters).toEqual(['status:401', ''])
})

test('where nothing passes nothing can be held', () => {
  const { stage, said } = staged(undefined, { capture: 'a.har' })
  holdAll(stage)
  expect(said()).toContain('Nothing passes through here')
  letGo(stage)
  expect(said()).toContain('Nothing passes through here')
})

test('what is held is let go or cut, and what is not is said to be not', () => {
  const { holding, decisions } = desk()
  const { stage, ui, said } = staged(undefined, { holding })
  ui.select('6')
  letGo(stage)
  expect(decisions).toEqual([{ does: 'go' }])
  cutHeld(stage)
  expect([decisions.length, said()]).toEqual([1, 'Nothing is held.'])
})

test('a key opens what can be done with it', () => {
  const { holding, decisions } = desk()
  const { stage, ui } = staged(undefined, { holding })
  ui.select('2')
  expect(openHeld(stage)).toBe(false)
  ui.select('6')
  expect(openHeld(stage)).toBe(true)
  const over = ui.topOverlay as Extract<typeof ui.topOverlay, { kind: 'menu' }>
  expect(over.choices.map(({ key }) => key)).toEqual(['a', 'C', 'A', 'X', 'o'])
  over.choices[3]!.does!()
  expect(decisions).toEqual([{ does: 'cut', how: 'closed' }])
})

test('what a menu offers is done with what it names, and with nothing else once that has gone', () => {
  const { holding, decisions, leave } = desk()
  const other = { id: '5', message, fixed: 'https://as.example/' }
  const both: Holding = { ...holding, at: (id) => (id === '5' ? other : holding.at(id)) }
  const { stage, ui, said } = staged(undefined, { holding: both })
  ui.model.onHold.add('5')
  ui.select('6')
  openHeld(stage)
  leave()
  const over = ui.topOverlay as Extract<typeof ui.topOverlay, { kind: 'menu' }>
  for (const { key, does } of over.choices.filter((one) => one.key !== 'o')) {
    ui.state.message = undefined
    does!()
    expect([key, said()]).toEqual([key, '#6 is no longer held.'])
  }
  expect(decisions).toEqual([])
})

test('it is changed in an editor; what cannot be sent comes back with the reason', async () => {
  const { holding, decisions } = desk()
  const { stage, ui, done, said } = staged(failedLogin(), {
    holding,
    edits: [
      (text) => ({
        text: text
          .replace('code=c1', 'code=c2')
          .replace('\nPOST https://as', '\nPOST https://evil'),
      }),
      (text) => ({ text: text.replace('https://evil', 'https://as') }),
    ],
  })
  ui.select('6')
  changeHeld(stage)
  await expect.poll(() => decisions.length).toBe(1)
  expect(decisions[0]).toEqual({ does: 'go', message: { ...message, body: 'code=c2' } })
  expect(done[1]![1]).toContain('# This cannot be sent: The URL has to begin with')
  expect(done[1]![1]).toContain('code=c2')
  expect(said()).toBe('The request of #6 goes on changed.')
})

test.each([
  ['as it is', (text: string) => ({ text }), 'Nothing was changed, and #6 is still held.'],
  ['empty', () => ({ text: '' }), 'Nothing was changed, and #6 is still held.'],
  ['in disorder', () => ({ failure: 'vi ended with 1.' }), 'vi ended with 1. #6 is still held.'],
])('left %s, it stays held', async (_, edit, expected) => {
  const { holding, decisions } = desk()
  const { stage, ui, said } = staged(undefined, { holding, edits: [edit] })
  ui.select('6')
  changeHeld(stage)
  await expect.poll(said).toBe(expected)
  expect(decisions).toEqual([])
})

test('a client that has given up meanwhile gets nothing', async () => {
  const { holding, leave } = desk()
  const edits = [(text: string) => (leave(), { text: text.replace('c1', 'c2') })]
  const { stage, ui, said } = staged(undefined, { holding, edits })
  ui.select('6')
  changeHeld(stage)
  await expect.poll(said).toBe('The client has given up #6 meanwhile: nothing was sent.')
})

test('it is answered in the place of the server', async () => {
  const { holding, decisions } = desk()
  const { stage, ui, said } = staged(undefined, {
    holding,
    edits: [() => ({ text: 'HTTP/1.1 400\n\n{"error":"invalid_grant"}\n' })],
  })
  ui.select('6')
  answerHeld(stage)
  await expect.poll(said).toBe('#6 was answered by you.')
  expect(decisions).toEqual([
    { does: 'answer', answer: { status: 400, headers: [], body: '{"error":"invalid_grant"}' } },
  ])
})

test('what is answered already, and a browser that is only sent on, are not answered', () => {
  const answered = staged(undefined, { holding: desk({ ...message, side: 'response' }).holding })
  answered.ui.select('6')
  answerHeld(answered.stage)
  expect(answered.said()).toContain('is answered already: C changes the answer')
  const url = 'https://as.example/authorize?response_type=code'
  const browser = desk({ ...message, body: undefined, sendsOn: true, url })
  const sent = staged(undefined, { holding: browser.holding })
  sent.ui.select('6')
  answerHeld(sent.stage)
  expect(sent.said()).toContain('Nobody answers here')
})
