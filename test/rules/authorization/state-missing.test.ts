import { describe, expect, test } from 'vitest'
import state from '../../../rules/authorization/state-missing.ts'
import { run } from '../run.ts'
import { authorize, callback, challenge, hidden, theRequest } from './authorization-legs.ts'

describe('authorization/state-missing', () => {
  test.each([
    ['absent', authorize({ state: undefined })],
    ['constant', authorize() + authorize({ code_challenge: `${challenge.slice(1)}x` })],
    ['too-short', authorize({ state: 's1' })],
  ])('finds one that is %s', (variant, http) => {
    expect(run(state, http).findings).toMatchObject([{ variant, fault: 'client' }])
  })

  test('is refused where the server says so, and not where the page of the client does', () => {
    const request = authorize({ state: undefined })
    const shown = callback({ code: 'c1' }).replace('# handed-over\n', '').trimEnd()
    const page = `${shown}\n\n< HTTP/1.1 400 Bad Request\n\nInvalid state parameter\n`
    expect(run(state, request + page).findings).toMatchObject([{ severity: 'warning' }])
    const back = callback({ error: 'invalid_request', error_description: 'missing state' })
    expect(run(state, request + back).findings).toMatchObject([{ severity: 'error' }])
  })

  test('cannot be told of a request object, or of one that was taken out', () => {
    expect(run(state, hidden)).toMatchObject(theRequest)
    expect(run(state, authorize({ state: '‹state:86d784994e39ed61›' }))).toMatchObject({
      outcome: 'blind',
      leg: 'what was removed from this capture',
    })
  })
})
