import { authorization } from './authorization.ts'
import { between } from './between.ts'
import { calls } from './calls.ts'
import { discovery } from './discovery.ts'
import { machines } from './machines.ts'
import type { Mutation } from './mutation.ts'
import { proofs } from './proofs.ts'
import { requests } from './requests.ts'
import { tokens } from './tokens.ts'

/** Every way in which the tests break a login. */
export const mutations: readonly Mutation[] = [
  ...discovery,
  ...calls,
  ...authorization,
  ...tokens,
  ...requests,
  ...between,
  ...machines,
  ...proofs,
]
