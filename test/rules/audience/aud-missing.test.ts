import { describe, expect, test } from 'vitest'
import audMissing from '../../../rules/audience/aud-missing.ts'
import { run } from '../run.ts'
import { login } from '../claims/judged-tokens.ts'

describe('audience/aud-missing', () => {
  test.each([
    ['invalid audience', 'fail'],
    ['missing required claim: aud', 'fail'],
    ['no', 'fail'],
    ['missing required claim: sub', 'silent'],
    ['token expired', 'silent'],
    ['signature verification failed', 'silent'],
  ])('where the server says %j: %s', (words, outcome) => {
    expect(run(audMissing, login({ iss: 'https://as.example' }, words)).outcome).toBe(outcome)
  })
})
