import { describe } from 'vitest'
import inconsistent from '../../../rules/audience/resource-param-inconsistent.ts'
import { testExamples } from '../examples.ts'
import { login, refresh, renewed, token } from '../refresh/logins.ts'

describe('audience/resource-param-inconsistent', () => {
  testExamples(inconsistent, {
    good: [
      {
        name: 'the refresh of the second login names what that one did',
        http: `${login(`${token('one')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example%2F')}${login(`${token('two')},"refresh_token":"r1"`, '&resource=https%3A%2F%2Fmcp.example')}${refresh(renewed(token('three')), '&resource=https%3A%2F%2Fmcp.example')}`,
        revision: '2025-11-25',
      },
    ],
    bad: [
      {
        name: 'the login was out of sight, and the second refresh names another than the first',
        http: `${refresh(renewed(token('one')), '&resource=https%3A%2F%2Fmcp.example')}${refresh(renewed(token('two')), '&resource=https%3A%2F%2Fmcp.example%2F')}`,
        revision: '2025-11-25',
        expect: { variant: 'refresh-leg', severity: 'warning' },
      },
    ],
  })
})
