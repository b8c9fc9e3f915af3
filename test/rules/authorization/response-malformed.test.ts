import { describe, expect, test } from 'vitest'
import response from '../../../rules/authorization/response-malformed.ts'
import { run } from '../run.ts'
import { authorize, back, callback, usual } from './authorization-legs.ts'
import type { Params } from './authorization-legs.ts'

const redirected = (location: string) => `< HTTP/1.1 302 Found\n< location: ${location}`

describe('authorization/response-malformed', () => {
  const { state: sent } = usual
  test.each([
    ['wrong-target', redirected(`https://other.example/cb?code=c1&state=${sent}`)],
    ['fragment', redirected(`${back}#code=c1&state=${sent}`)],
    ['token-in-front-channel', redirected(`${back}#access_token=x&state=${sent}`)],
    ['token-in-front-channel', redirected(`${back}?access_token=x&code=c1&state=${sent}`)],
    ['code-and-error', redirected(`${back}?code=c1&error=invalid_request&state=${sent}`)],
    ['no-code', redirected(`${back}?state=${sent}`)],
    ['duplicate', redirected(`${back}?code=c1&code=c2&state=${sent}`)],
    ['state-missing', redirected(`${back}?code=c1`)],
    ['state-altered', redirected(`${back}?code=c1&state=${sent.slice(0, 8)}`)],
  ])('finds %s in a redirect', (variant, answer) => {
    expect(run(response, authorize({}, answer)).findings).toMatchObject([
      { variant, severity: 'error', fault: 'authorization-server' },
    ])
  })

  test.each([
    ['code-and-error', { code: 'c1', error: 'invalid_request', state: sent }],
    ['no-code', { state: sent }],
    ['state-missing', { code: 'c1' }],
    ['state-altered', { code: 'c1', state: 'another' }],
  ])('finds %s in what the browser brings', (variant, params) => {
    expect(run(response, authorize() + callback(params)).findings).toMatchObject([
      { variant, severity: 'error' },
    ])
  })

  test('says how the state was altered', () => {
    const altered = (params: Params) =>
      run(response, authorize(params) + callback({ code: 'c1', state: 'a b' })).findings[0]?.message
    expect(altered({ state: 'a+b' })).toContain('"+" became a blank')
    expect(altered({ state: 'a b and more' })).toContain('cut after 3 characters')
  })

  test('is none where the fragment was asked for, or a signed response holds it', () => {
    const fragment = redirected(`${back}#code=c1&state=${sent}`)
    expect(run(response, authorize({ response_mode: 'fragment' }, fragment)).outcome).toBe('pass')
    const signed = redirected(`${back}?response=jwt&state=${sent}`)
    expect(run(response, authorize({ response_mode: 'jwt' }, signed)).findings).toEqual([])
  })
})
