import { describe, expect, test } from 'vitest'
import reused from '../../../rules/token/code-reused.ts'
import { run } from '../run.ts'
import { ask, code, error, issued } from './requests.ts'

describe('token/code-reused', () => {
  test.each([
    ['after-success', 'error', ask(code, issued), ask(code, error('invalid_grant'))],
    [
      'after-failure',
      'warning',
      ask(code, error('invalid_client')),
      ask(code, error('invalid_grant')),
    ],
    [
      'concurrent',
      'error',
      ask(code, issued, { about: '# at 12:00:00.000 until=12:00:01.000\n' }),
      ask(code, error('invalid_grant'), { about: '# at 12:00:00.500\n' }),
    ],
  ])('finds it %s: %s', (variant, severity, first, second) => {
    expect(run(reused, first + second).findings).toMatchObject([{ variant, severity }])
  })

  test('is right after no answer, and after a nonce was asked for', () => {
    const nonce = error('use_dpop_nonce')
    expect(run(reused, ask(code, nonce) + ask(code, issued)).outcome).toBe('pass')
    const lost = ask(code, '! tcp ECONNRESET reset')
    expect(run(reused, lost + ask(code, issued)).outcome).toBe('pass')
  })
})
