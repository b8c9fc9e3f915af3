import { describe, expect, test } from 'vitest'
import page from '../../../rules/authorization/endpoint-error-page.ts'
import { run } from '../run.ts'
import { authorize, metadata } from './authorization-legs.ts'

describe('authorization/endpoint-error-page', () => {
  const refused = (status: string, words: string) =>
    authorize({}, `< HTTP/1.1 ${status}\n< content-type: text/html\n\n<h1>${words}</h1>`)
  test.each([
    ['redirect-uri', 'undetermined', refused('400 Bad Request', 'Redirect URI mismatch')],
    ['client-unknown', 'undetermined', refused('400 Bad Request', 'Unknown client')],
    ['not-found', 'undetermined', refused('404 Not Found', 'Not Found')],
    ['not-found', 'authorization-server', metadata() + refused('404 Not Found', 'Not Found')],
    ['server-error', 'authorization-server', refused('500 Internal Server Error', 'Oops')],
    ['server-error', 'undetermined', refused('503 Service Unavailable', 'Try later')],
    ['refused', 'undetermined', refused('400 Bad Request', 'Something is missing')],
  ])('finds %s, and names %s', (variant, fault, http) => {
    expect(run(page, http).findings).toMatchObject([{ variant, fault, severity: 'error' }])
  })
})
