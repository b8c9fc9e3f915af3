import { expect, test } from 'vitest'
import { choose } from '../../../src/tui/command/perform.ts'
import { askToResend } from '../../../src/tui/command/resend.ts'
import type { Replay } from '../../../src/tui/command/stage.ts'
import { failedLogin } from '../fixtures/login.ts'
import { staged } from '../fixtures/stage.ts'

const replay: Replay = {
  warnings: ['The code was used already.'],
  send: () => Promise.reject(new Error('nobody sends')),
}

test('it is asked, with what to know before, and nothing is sent until it is said', () => {
  const { stage, ui, done } = staged(undefined, { replay })
  ui.select('6')
  askToResend(stage)
  const over = ui.topOverlay as Extract<typeof ui.topOverlay, { kind: 'question' }>
  expect(over.title).toBe('Send #6 again?')
  expect(over.lines[0]).toBe('The code was used already.')
  expect(over.lines[1]).toMatch(/^POST \/token goes to the server once more/)
  expect(over.choices[ui.state.choice]?.key).toBe('n')
  expect(done).toEqual([])
  choose(
    ui,
    over.choices.find(({ key }) => key === 'y'),
  )
  expect(done).toEqual([['resend', replay, '6']])
})

test('what comes in meanwhile does not take its place', () => {
  const { stage, ui, done, take } = staged(failedLogin().slice(0, 5), { replay })
  expect(ui.state.follow).toBe(true)
  askToResend(stage)
  take(...failedLogin().slice(5))
  const over = ui.topOverlay as Extract<typeof ui.topOverlay, { kind: 'question' }>
  choose(ui, over.choices[0])
  expect(done).toEqual([['resend', replay, '5']])
})

test('what cannot be sent again says why, and asks nothing', () => {
  const { stage, ui, said } = staged(undefined, { replay: 'Its body was not kept.' })
  ui.select('2')
  askToResend(stage)
  expect([ui.topOverlay, said()]).toEqual([
    undefined,
    '#2 cannot be sent again. Its body was not kept.',
  ])
  const empty = staged([])
  askToResend(empty.stage)
  expect(empty.said()).toBe('No exchange is selected.')
})
