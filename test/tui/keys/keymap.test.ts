import { describe, expect, test } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { actions } from '../../../src/tui/command/actions.ts'
import { keysFrom } from '../../../src/tui/keys/keymap.ts'
import { actionOf, keyFor } from '../../../src/tui/keys/keys.ts'

function problemOf(text: string): string {
  try {
    keysFrom(text, actions)
  } catch (error) {
    if (error instanceof UserError) return `${error.code} ${error.message} ${error.hint}`
    throw error
  }
  return 'none'
}

test('no key of the table means two things in one pane', () => {
  expect(problemOf('')).toBe('none')
})

describe('AUTHTAP_KEYS', () => {
  test('what is named gets other keys, and loses those it had', () => {
    const keys = keysFrom('pause=P,zoom==,search=comma', actions)
    expect(actionOf('P', 'list', keys)?.action).toBe('pause')
    expect(actionOf('p', 'list', keys)?.action).toBeUndefined()
    expect(actionOf('=', 'list', keys)?.action).toBe('zoom')
    expect(actionOf(',', 'list', keys)?.action).toBe('search')
    expect(actionOf('f', 'list', keys)?.action).toBe('filter')
    expect(keyFor('pause', keys)).toBe('P')
  })

  test('an action may have several keys, and two may change places', () => {
    const keys = keysFrom('pause=F,pause=C-x,follow=p', actions)
    expect(['F', 'C-x', 'p'].map((key) => actionOf(key, 'list', keys)?.action)).toEqual([
      'pause',
      'pause',
      'follow',
    ])
  })

  test('an action of several panes keeps them', () => {
    const keys = keysFrom('next=>', actions)
    expect(actionOf('>', 'steps', keys)?.action).toBe('next')
    expect(actionOf('>', 'detail', keys)?.action).toBe('next')
    expect(actionOf('>', 'list', keys)?.action).toBeUndefined()
  })

  test.each([
    ['pause=F', /F would mean both pause and follow/],
    ['pause=C-c', /C-c would mean both/],
    ['open=S', /S would mean both open and sort/],
    ['nothing=P', /no action nothing\. See authtap --list-keys/],
    ['constructor=P', /no action constructor/],
    ['pause', /pause is not an action and a key/],
    ['=P', /=P is not an action and a key/],
    ['pause=', /nothing is not a key/],
    ['pause=esc', /esc is not a key/],
    ['pause=PP', /PP is not a key/],
    ['quitNow=x', /C-c always quits/],
  ])('%s is a usage error that says why', (text, why) => {
    expect(problemOf(text)).toMatch(/^EUSAGE AUTHTAP_KEYS: /)
    expect(problemOf(text)).toMatch(why)
  })
})
