/** What rules on authorization cannot tell from what was seen, and say so. */
import { describe, expect, test } from 'vitest'
import consent from '../../../rules/authorization/consent-forced.ts'
import iss from '../../../rules/authorization/iss-invalid.ts'
import unregistered from '../../../rules/authorization/redirect-uri-unregistered.ts'
import unredeemed from '../../../rules/authorization/valid-response-rejected.ts'
import { run } from '../run.ts'
import { authorize, blind, callback, hidden, theRequest, usual } from './authorization-legs.ts'

describe('what cannot be told', () => {
  const { state: sent } = usual
  test('of iss, without the metadata', () => {
    const http = authorize() + callback({ code: 'c1', state: sent, iss: 'https://as.example' })
    expect(run(iss, http)).toMatchObject(blind('the server metadata'))
  })

  test('of a forced consent, from a request object', () => {
    expect(run(consent, hidden)).toMatchObject(theRequest)
  })

  test('of a response that is not redeemed, where the browser alone is seen', () => {
    const again =
      authorize({ state: 'another-state' }) + callback({ code: 'c2', state: 'another-state' })
    const { leg, findings } = run(unredeemed, `\${opening until mcp}${again}`)
    expect({ leg, findings }).toEqual({ leg: 'the token request', findings: [] })
  })

  test('of a registered redirect URI, where the answer does not list any', () => {
    const registration = `
> POST https://as.example/register
> content-type: application/json

{}

< HTTP/1.1 201 Created

{"client_id":"app"}
`
    expect(run(unregistered, registration + authorize())).toMatchObject(blind('the registration'))
  })
})
