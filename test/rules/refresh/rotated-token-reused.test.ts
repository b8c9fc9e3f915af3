import { describe } from 'vitest'
import rule from '../../../rules/refresh/rotated-token-reused.ts'
import { testExamples } from '../examples.ts'
import { refresh, renewed, token } from './logins.ts'

testExamples(rule, {
  good: [
    {
      name: 'a token that was not replaced stays valid',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 2}","token_type":"Bearer"}`,
    },
  ],
  bad: [
    {
      name: 'the request that was sent first is refused, while the other is under way',
      http: `
          # at 12:00:00.000 until=12:00:00.200
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}

          # at 12:00:00.050 until=12:00:00.100
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer","refresh_token":"r2"}`,
      expect: { variant: 'concurrent', severity: 'error' },
    },
    {
      name: 'an hour later, from an old store',
      http: `
          # at 12:00:00.000
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer","refresh_token":"r2"}

          # at 13:00:00.000
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 400 Bad Request

          {"error":"invalid_grant"}`,
      expect: { variant: 'sequential', severity: 'error' },
    },
    {
      name: 'the server gives grace',
      http: `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 1}","token_type":"Bearer","refresh_token":"r2"}

          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ 2}","token_type":"Bearer","refresh_token":"r3"}`,
      expect: { severity: 'info' },
    },
  ],
})

describe('refresh/rotated-token-reused', () => {
  testExamples(rule, {
    bad: [
      {
        name: 'and the server is out of order at the second use',
        http: `${refresh(renewed(token('one')))}${refresh('< HTTP/1.1 502 Bad Gateway\n\n          {}')}`,
        expect: { variant: 'concurrent', severity: 'info' },
      },
    ],
  })
})
