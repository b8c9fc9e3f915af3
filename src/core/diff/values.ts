import { isObject } from '../wire/json.ts'
import { isLoopback, origin } from '../wire/url.ts'

/** Names of values that are new in every login, or tell the time: that they are there is compared, and of what kind. */
const volatile = new Set(
  `access_token assertion auth_time authorization client_assertion client_id_issued_at client_secret
  client_secret_expires_at code code_challenge code_verifier device_code dpop exp iat id_token interval_id jti
  login_hint nbf nonce opaque_id refresh_token registration_access_token registration_client_uri request request_uri sid
  state sub subject_token token user_code mcp-session-id session_state`.split(/\s+/),
)

/** A label in place of a secret: what it stands for is the same as what it is called by. */
const label = /‹([a-z0-9_]{1,40}):[0-9a-f]{16}›/g

/** What is particular to one login beside what every login makes anew. */
export interface Own {
  /** Roles of the origins on this machine, whose ports are chance. */
  readonly roles: ReadonlyMap<string, string>
  /** Client ids that were registered in this very login. */
  readonly clientIds: ReadonlySet<string>
}

/** A value as it compares with that of another login: chance taken out of it. */
export function comparable(name: string, value: unknown, own: Own): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return text(name, value, own)
  if (Array.isArray(value)) return `[${value.map((one) => comparable(name, one, own)).join(', ')}]`
  if (isObject(value)) {
    const members = Object.keys(value).sort()
    return `{${members.map((key) => `${key}: ${comparable(key, value[key], own)}`).join(', ')}}`
  }
  if (volatile.has(name)) return 'present'
  // A second more or less is when it was asked.
  return name === 'expires_in' && typeof value === 'number' ? about(value) : String(value)
}

/** A duration in two digits, in seconds. */
export function about(seconds: number): string {
  return `${Number(seconds.toPrecision(2))} s`
}

function text(name: string, value: string, own: Own): string {
  if (value === '') return 'empty'
  if (volatile.has(name.toLowerCase())) return 'present'
  if (own.clientIds.has(value)) return 'the registered client'
  return plain(value.replaceAll(label, '‹$1›'), own)
}

const loopbackOrigin = /https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?/gi

/** Ports of this machine by the role of who listens there. */
export function plain(value: string, { roles }: Own): string {
  return value.replaceAll(loopbackOrigin, (found) => {
    const known = origin(found)
    const role = (known === undefined ? undefined : roles.get(known)) ?? 'client'
    const host = new URL(found).hostname
    return isLoopback(found) ? `${found.split(':', 1)[0]}://${host}:{${role}}` : found
  })
}
