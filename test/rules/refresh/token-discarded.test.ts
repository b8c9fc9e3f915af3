import { describe, expect, test } from 'vitest'
import discarded from '../../../rules/refresh/token-discarded.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { called, later, login, revoked, token } from './held-tokens.ts'

const refresh = (answer: string, params = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app${params}

          ${answer}
`

describe('refresh/token-discarded', () => {
  const kept = (members: string) =>
    `${login(`${token('one')},"expires_in":60,"refresh_token":"r1"${members}`)}${called}${refresh(
      `< HTTP/1.1 200 OK\n\n          {"token_type":"Bearer","expires_in":60,${token('two')}}`,
    )}`
  test.each([
    { name: 'it was revoked', http: kept('') + revoked + later() },
    { name: 'its own life is over', http: kept(',"refresh_token_expires_in":1800') + later() },
  ])('says nothing: $name', ({ http }) => {
    expect(run(discarded, http).findings).toEqual([])
  })
  testExamples(discarded, {
    bad: [{ name: 'it has no end', http: kept(',"refresh_expires_in":0') + later() }],
  })
})
