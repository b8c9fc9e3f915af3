import { expect, test } from 'vitest'
import { carriedTokens, revealed } from '../../../src/tui/model/tokens.ts'
import { failedLogin } from '../fixtures/login.ts'
import { told } from '../fixtures/told.ts'

test('a token is found behind its label, on the side that carries it, with its claims', () => {
  const { model, scene } = told()
  const tokens = (id: string) =>
    carriedTokens(model.held.get(id)!.exchange, (label) => scene.facts(label))
  expect(tokens('1')).toEqual([])
  expect(tokens('6')).toMatchObject([
    { name: 'access_token', side: 'response', claims: { aud: 'https://api.example' } },
  ])
  expect(tokens('7')).toMatchObject([
    {
      side: 'request',
      label: tokens('6')[0]!.label,
      claims: { sub: expect.stringMatching(/^‹personal:/) as string },
    },
  ])
})

test('in the clear there is no label, and it is read from the value', () => {
  const [token] = carriedTokens(failedLogin()[5]!, () => undefined)
  expect(token).toMatchObject({ name: 'token', side: 'response', claims: { sub: 'user-42' } })
  expect(token!.length).toBe(token!.label.length)
})

test('labels give way to their values, in a URL encoded, and stay where nothing is known', () => {
  const label = '‹code:0123456789abcdef›'
  const reveal = (one: string) => (one === label ? 'a&b' : undefined)
  expect(revealed(`code=${label} ‹code:ffffffffffffffff›`, reveal)).toBe(
    'code=a&b ‹code:ffffffffffffffff›',
  )
  expect(revealed(`?code=${encodeURIComponent(label)}`, reveal)).toBe('?code=a%26b')
})
