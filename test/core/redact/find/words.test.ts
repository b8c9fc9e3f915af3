import { expect, test } from 'vitest'
import { isAddress } from '../../../../src/core/redact/find/words.ts'

test.each([
  'https://as.example/authorize',
  '/oauth/authorize',
  '/realms/Company1/protocol/openid-connect',
  '/login?return_to=/app/settings',
  '/8f3c1c1e-6f0a-4b7e-9d55-0c7a1b2d3e4f/oauth2/v2.0/token',
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
