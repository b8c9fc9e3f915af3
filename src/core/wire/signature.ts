import type { Place } from './place.ts'

/**
 * What became of a signature when it was checked: it is right, no key of the set makes it, the set has no key of its id, or
 * its algorithm is none that the keys are for.
 */
export type SignatureOutcome = (typeof signatureOutcomes)[number]

export const signatureOutcomes = ['verified', 'wrong', 'unknown-key', 'algorithm'] as const

/** A signature that was checked, as it travels with the exchange that carries it. */
export interface Signature {
  /** Where the signed value stands. */
  readonly at: Place
  readonly outcome: SignatureOutcome
  /** The URL of the keys; a DPoP proof brings its own (RFC 9449 §4.2), and then there is none. */
  readonly keys?: string
  /** The ids of these keys, where the token's is not among them. */
  readonly ids?: readonly string[]
  /** The keys were read before the token was first seen: they may have changed since. */
  readonly older?: true
}

/** The places of what is signed. */
export const issuedPlace = 'response.json/access_token'
export const presentedPlace = 'request.header.authorization'
export const proofPlace = 'request.header.dpop'
export const clientAssertionPlace = 'request.form.client_assertion'
export const assertionPlace = 'request.form.assertion'
