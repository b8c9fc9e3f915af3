import { expect, test } from 'vitest'
import { isAddress } from '../../../../src/core/redact/find/words.ts'

test.each([
  'https://as.example/authorize',
  '/oauth/authorize',
  '/realms/Company1/protocol/openid-connect',
  '/login?return_to=/app/settings',
])('%s is an address', (value) => {
  expect(isAddress(value)).toBe(true)
})

test.each([
  '/./hbC4Y88gBRYvbxCP6+oSx+7RFtwIA',
  '/a/hbC4Y88gBRYvbxCP6oSx7RFtwIA',
  '/login?ticket=hbC4Y88gBRYvbxCP6oSx7RFtwIA',
  'hbC4Y88gBRYvbxCP6oSx7RFtwIA',
])('%s may be a secret', (value) => {
  expect(isAddress(value)).toBe(false)
})
