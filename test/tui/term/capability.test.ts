import { describe, expect, test } from 'vitest'
import {
  canUseTui,
  colourDepth,
  unicodeOk,
  type Environment,
  type Setting,
} from '../../../src/tui/term/capability.ts'

const terminal = { isTTY: true }
const good: Setting = {
  stdin: terminal,
  stdout: terminal,
  env: { TERM: 'xterm-256color' },
  platform: 'linux',
  flags: {},
}

describe('the terminal UI opens', () => {
  test('on a terminal', () => expect(canUseTui(good)).toBe(true))

  test('on Windows, where TERM is not set', () => {
    expect(canUseTui({ ...good, env: {}, platform: 'win32' })).toBe(true)
  })

  test.each<[string, Partial<Setting>]>([
    ['standard input is no terminal', { stdin: {} }],
    ['standard output is no terminal', { stdout: { isTTY: false } }],
    ['a format was asked for', { flags: { format: 'text' } }],
    ['a client owns the terminal', { flags: { client: true } }],
    ['TERM is dumb', { env: { TERM: 'dumb' } }],
    ['TERM is dumb on Windows', { env: { TERM: 'dumb' }, platform: 'win32' }],
    ['TERM is not set', { env: {} }],
    ['CI is set', { env: { TERM: 'xterm', CI: 'true' } }],
  ])('but not when %s', (_, change) => expect(canUseTui({ ...good, ...change })).toBe(false))

  test('and CI set to nothing is not set', () => {
    expect(canUseTui({ ...good, env: { TERM: 'xterm', CI: '' } })).toBe(true)
  })
})

test.each<[Environment, ReturnType<typeof colourDepth>]>([
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'true'],
  [{ TERM: 'xterm-256color', COLORTERM: '24bit' }, 'true'],
  [{ TERM: 'xterm-256color' }, '256'],
  [{ TERM: 'screen-256color' }, '256'],
  [{ TERM: 'screen-256color', COLORTERM: 'truecolor' }, '256'],
  [{ TERM: 'screen-256color', COLORTERM: 'truecolor', TMUX: '/tmp/tmux' }, 'true'],
  [{ TERM: 'screen' }, '16'],
  [{ TERM: 'tmux-256color' }, '256'],
  [{ TERM: 'tmux-256color', COLORTERM: 'truecolor' }, 'true'],
  [{ TERM: 'xterm-kitty' }, 'true'],
  [{ TERM: 'alacritty' }, 'true'],
  [{ TERM: 'foot-direct' }, 'true'],
  [{ TERM: 'xterm-256color', TERM_PROGRAM: 'vscode' }, 'true'],
  [{ TERM: 'xterm-256color', TERM_PROGRAM: 'Apple_Terminal' }, '256'],
  [{ TERM: 'xterm' }, '16'],
  [{ TERM: 'linux' }, '16'],
  [{ TERM: 'vt220' }, 'mono'],
  [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'mono'],
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1' }, 'mono'],
  [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
  [{}, 'mono'],
])('the colours of %j are %s', (env, depth) => expect(colourDepth(env, 'linux')).toBe(depth))

test('Windows shows 24 bits without saying so', () => {
  expect(colourDepth({}, 'win32')).toBe('true')
})

test.each<[Environment, NodeJS.Platform, boolean]>([
  [{ LANG: 'de_DE.UTF-8' }, 'linux', true],
  [{ LANG: 'C.utf8' }, 'linux', true],
  [{ LANG: 'de_DE.UTF-8', LC_ALL: 'C' }, 'linux', false],
  [{ LANG: 'C', LC_CTYPE: 'C.UTF-8' }, 'linux', true],
  [{ LANG: 'C' }, 'linux', false],
  [{}, 'linux', false],
  [{}, 'darwin', true],
  [{}, 'win32', true],
])('more than ASCII is shown with %j on %s: %s', (env, platform, shown) =>
  expect(unicodeOk(env, platform)).toBe(shown),
)
