import { describe, expect, test } from 'vitest'
import { showMatching } from '../../../src/tui/model/filter.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

type Session = ReturnType<typeof told>

const shown = ({ ui: { listing } }: Session) =>
  Array.from({ length: listing.length }, (_, place) => listing.at(place)!.id)

function filter({ ui, scene }: Session, text: string): void {
  showMatching(ui, text, (label) => scene.facts(label), scene.now)
}

describe('the list shows what a filter lets through', () => {
  test.each([
    ['', ['1', '2', '3', '4', '5', '6', '7']],
    ['kind:token', ['6']],
    ['status:4xx', ['1', '7']],
    ['host:login.example method:POST', ['4', '6']],
    ['oauth-', ['2', '3']],
    ['rule:audience', ['6']],
    ['jwt.aud:api.example', ['6', '7']],
    ['body:invalid_token', ['7']],
  ])('%s', (text, ids) => {
    const session = told()
    filter(session, text)
    expect(session.ui.state.filterProblem).toBeUndefined()
    expect(shown(session)).toEqual(ids)
  })

  test('and goes on with the one before when one cannot be read', () => {
    const session = told()
    filter(session, 'kind:token')
    filter(session, 'status:(')
    expect(session.ui.state.filterProblem).toBeDefined()
    expect(shown(session)).toEqual(['6'])
  })

  test('as exchanges come, change, and get findings', () => {
    const session = told(failedLogin().slice(0, 5))
    filter(session, 'status:4xx')
    expect(shown(session)).toEqual(['1'])
    session.take(...failedLogin().slice(5))
    expect(shown(session)).toEqual(['1', '7'])
    const [first] = failedLogin()
    session.take({ ...first!, response: { ...first!.response!, status: 200 } })
    expect(shown(session)).toEqual(['7'])
  })
})

describe('while it is paused', () => {
  test('nothing new is shown, with a filter or without', () => {
    const session = told(failedLogin().slice(0, 6))
    session.ui.listing.pausedAt = session.model.rows.length
    session.take(failedLogin()[6]!)
    expect(shown(session)).toEqual(['1', '2', '3', '4', '5', '6'])
    filter(session, 'status:4xx')
    expect(shown(session)).toEqual(['1'])
    session.ui.listing.pausedAt = undefined
    expect(shown(session)).toEqual(['1', '7'])
  })
})

test('a row that is not shown has a place where it would stand', () => {
  const session = told()
  filter(session, 'status:4xx')
  const place = (id: string) => session.ui.listing.placeOf(session.model.row(id)!)
  expect(['1', '2', '6', '7'].map(place)).toEqual([0, 1, 1, 1])
  expect([session.ui.listing.at(-1), session.ui.listing.at(2)]).toEqual([undefined, undefined])
})
