import { isObject, member, stringMember, stringsMember } from '../wire/json.ts'
import {
  type Signature,
  assertionPlace,
  clientAssertionPlace,
  issuedPlace,
  presentedPlace,
  proofPlace,
  signatureOutcomes,
} from '../wire/signature.ts'

const places = [
  issuedPlace,
  presentedPlace,
  proofPlace,
  clientAssertionPlace,
  assertionPlace,
] as const

/** What a capture says of signatures that it no longer holds; what has not the shape of it is left out. */
export function readSignatures(list: unknown): Signature[] {
  return Array.isArray(list) ? list.flatMap(readSignature) : []
}

function readSignature(value: unknown): Signature[] {
  if (!isObject(value)) return []
  const at = places.find((one) => one === member(value, 'at'))
  const outcome = signatureOutcomes.find((one) => one === member(value, 'outcome'))
  if (at === undefined || outcome === undefined) return []
  const keys = stringMember(value, 'keys')
  const ids = stringsMember(value, 'ids')
  return [
    {
      at,
      outcome,
      ...(keys === undefined ? {} : { keys }),
      ...(ids === undefined ? {} : { ids }),
      ...(member(value, 'older') === true ? { older: true as const } : {}),
    },
  ]
}

/** `log._authtap.signatures`: what was found once the entry was written, by the ids of exchanges. */
export function readLateSignatures(head: unknown): ReadonlyMap<string, readonly Signature[]> {
  const late = isObject(head) ? member(head, 'signatures') : undefined
  return new Map(
    isObject(late) ? Object.entries(late).map(([id, list]) => [id, readSignatures(list)]) : [],
  )
}
