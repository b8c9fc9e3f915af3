import { describe, expect, test } from 'vitest'
import unusable from '../../../rules/token/endpoint-unusable.ts'
import { run } from '../run.ts'
import { ask, code, metadata, refused } from './requests.ts'

describe('token/endpoint-unusable', () => {
  const known = metadata('as.example')
  test.each([
    ['not-found', 'authorization-server', known + ask(code, refused('404 Not Found'))],
    ['not-found', 'undetermined', ask(code, refused('404 Not Found'))],
    ['method', 'authorization-server', known + ask(code, refused('405 Method Not Allowed'))],
    [
      'method',
      'client',
      known +
        ask('', refused('400 Bad Request'), {
          method: 'GET',
          type: '',
          url: `https://as.example/token?${code}`,
        }),
    ],
    [
      'redirect',
      'authorization-server',
      known + ask(code, refused('307 Temporary Redirect', '', 'location: /oauth/token')),
    ],
    [
      'unsupported-media-type',
      'authorization-server',
      known + ask(code, refused('415 Unsupported Media Type')),
    ],
    [
      'unsupported-media-type',
      'client',
      known +
        ask('{"grant_type":"authorization_code"}', refused('415 Unsupported Media Type'), {
          type: 'application/json',
        }),
    ],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(unusable, http).findings).toMatchObject([{ variant, fault, severity: 'error' }])
  })
})
