/** A token request that redeems an ID-JAG, with what is wrong with it. */
import { found } from '../machines.ts'

export const bad = (
  name: string,
  http: string,
  variant: string,
  fault: 'client' | 'authorization-server',
) => ({
  name,
  http: found + http,
  expect: { variant, fault },
})
