import { expect, test } from 'vitest'
import { gatewayOf } from '../../../src/core/providers/gateways.ts'

test.each([
  ['Cloudflare', 'CF-Ray', '8f1-FRA'],
  ['Amazon CloudFront', 'x-amz-cf-id', 'e1'],
  ['AWS load balancer', 'server', 'awselb/2.0'],
  ['nginx', 'Server', 'nginx/1.27'],
  ['a proxy', 'via', '1.1 edge'],
])('%s is known by %s', (name, field, value) => {
  expect(gatewayOf([[field, value]])).toMatchObject({
    name,
    trace: `${field.toLowerCase()}: ${value}`,
  })
})

test('what only one product sends counts before what many do', () => {
  const fields = [
    ['server', 'nginx'],
    ['via', '1.1 x'],
    ['cf-ray', '1'],
  ] as const
  expect(gatewayOf(fields)?.name).toBe('Cloudflare')
})

test('an application server is no gateway', () => {
  expect(gatewayOf([['server', 'uvicorn']])).toBeUndefined()
  expect(gatewayOf([])).toBeUndefined()
})
