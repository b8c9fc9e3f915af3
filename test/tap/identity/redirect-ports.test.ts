import { describe, expect, test } from 'vitest'
import { leftAfter, RedirectPorts, sideBySide } from '../../../src/tap/identity/redirect-ports.ts'

const guess = { origin: 'https://as.example', clientId: 'c', relayUri: 'http://127.0.0.1:1/cb' }

/** Begins an attempt at each of these times, each with a state of its own. */
function attempts(ports: RedirectPorts, ...times: number[]): string[] {
  return times.map((time) => ports.next(guess, `state at ${time}`, time))
}

describe('the port to send', () => {
  test.each([
    ['after one page that was closed', [0, sideBySide]],
    ['to programs that begin side by side', [0, 1, 2, 3, 4]],
    ['to a third that begins beside the second', [0, sideBySide, sideBySide + 1]],
    ['to whoever comes back after having left', [0, leftAfter + 1, leftAfter * 2 + 2]],
    ['to whoever left after the second', [0, sideBySide, sideBySide + leftAfter + 1]],
    ['to the same page loaded again', [0, sideBySide, sideBySide, sideBySide]],
  ])('stays that of the relay %s', (_, times) => {
    expect(new Set(attempts(new RedirectPorts(), ...times))).toEqual(new Set(['relay']))
  })

  test.each([sideBySide, leftAfter])(
    'is the client’s own for once after two in a row, %i ms apart',
    (pause) => {
      const ports = new RedirectPorts()
      const times = [0, 1, 2, 3, 4, 5].map((n) => n * pause)
      const trial = ['relay', 'relay', 'own-on-trial']
      expect(attempts(ports, ...times)).toEqual([...trial, ...trial])
    },
  )

  test('stays the client’s own when the trial led to a code that is redeemed', () => {
    const ports = new RedirectPorts()
    attempts(ports, 0, sideBySide, 2 * sideBySide)
    ports.redeemedUnseen(guess.origin, 'another')
    ports.redeemedUnseen('https://other.example', guess.clientId)
    expect(ports.matching(guess)).toBe('unknown')
    ports.redeemedUnseen(guess.origin, guess.clientId)
    expect(attempts(ports, 3 * sideBySide, 9 * leftAfter)).toEqual(['own', 'own'])
  })

  test('is not decided by a code that is redeemed when no trial is under way', () => {
    const ports = new RedirectPorts()
    attempts(ports, 0, sideBySide)
    ports.redeemedUnseen(guess.origin, undefined)
    expect(ports.matching(guess)).toBe('unknown')
  })

  test('is that of the relay for good once an answer came, whatever is never answered later', () => {
    const ports = new RedirectPorts()
    attempts(ports, 0, sideBySide)
    ports.answered(guess)
    const later = attempts(ports, ...[2, 3, 4, 5].map((n) => n * sideBySide))
    expect(new Set(later)).toEqual(new Set(['relay']))
  })

  test('is another matter for another client', () => {
    const ports = new RedirectPorts()
    ports.settle(guess, 'exact')
    expect(ports.next({ ...guess, clientId: 'd' }, 's', 0)).toBe('relay')
    expect(ports.next(guess, 's', 0)).toBe('own')
  })
})
