import { type Chance, base62, digits, lower, upper } from './random.ts'

/** A kind of secret: the names it goes by, and how its values are made. */
export interface SecretKind {
  readonly names: readonly string[]
  readonly make: (chance: Chance) => string
  /** Its own looks tell it in a sentence, too. */
  readonly telling?: true
  /** What of it has to go; all of it, where it does not say. */
  readonly core?: (value: string) => string
}

const opaque = (size: number) => (chance: Chance) => chance.of(base62, size)
const bytes = (size: number) => (chance: Chance) => chance.bytes(size).toString('base64url')
const padded = (size: number) => (chance: Chance) => chance.bytes(size).toString('base64')
const hex = (size: number) => (chance: Chance) => chance.hex(size)
const uuid = (chance: Chance) => chance.uuid()
const number = (size: number) => (chance: Chance) => `1${chance.of(digits, size - 1)}`
const password = (chance: Chance) =>
  chance.of(lower, 5) +
  chance.of(digits, 2) +
  chance.pick(['!', '$', '-', '_']) +
  chance.of(upper, 4)
const either =
  (...makers: ((chance: Chance) => string)[]) =>
  (chance: Chance) =>
    chance.pick(makers)(chance)

function jwt(chance: Chance): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [
    part({ alg: 'RS256', typ: 'JWT' }),
    part({ iss: 'https://as.example', jti: chance.hex(8) }),
    chance.bytes(64).toString('base64url'),
  ].join('.')
}

/** With a key that both sides have, the part for the encrypted key is empty (RFC 7518 §4.5). */
function jwe(chance: Chance): string {
  const header = Buffer.from(JSON.stringify({ alg: 'dir', enc: 'A256GCM' })).toString('base64url')
  return [header, '', bytes(12)(chance), bytes(60)(chance), bytes(16)(chance)].join('.')
}

const behind =
  (prefix: string, size: number, from = base62) =>
  (chance: Chance) =>
    prefix + chance.of(from, size)

/** Names in the table, one list a kind; each is written in several ways. */
const named: readonly SecretKind[] = [
  { names: ['access_token'], make: either(opaque(40), jwt) },
  { names: ['refresh_token'], make: bytes(32) },
  { names: ['id_token'], make: jwt },
  { names: ['id_token_hint'], make: jwt },
  { names: ['registration_access_token'], make: bytes(24) },
  { names: ['token'], make: opaque(32) },
  { names: ['auth_token'], make: hex(40) },
  { names: ['bearer_token'], make: opaque(36) },
  { names: ['security_token'], make: padded(48) },
  { names: ['code'], make: opaque(30) },
  { names: ['authorization_code'], make: bytes(32) },
  { names: ['state'], make: bytes(16) },
  { names: ['code_verifier'], make: bytes(32) },
  { names: ['oauth_verifier'], make: opaque(24) },
  { names: ['client_secret'], make: bytes(30) },
  { names: ['app_secret'], make: hex(32) },
  { names: ['consumer_secret'], make: opaque(40) },
  { names: ['webhook_secret'], make: opaque(32) },
  { names: ['client_assertion'], make: jwt },
  { names: ['assertion'], make: jwt },
  { names: ['software_statement'], make: jwt },
  { names: ['SAMLResponse'], make: padded(90) },
  { names: ['SAMLart'], make: padded(44) },
  { names: ['subject_token'], make: opaque(40) },
  { names: ['actor_token'], make: opaque(40) },
  { names: ['device_code'], make: bytes(30) },
  { names: ['user_code'], make: (chance) => `${chance.of(upper, 4)}-${chance.of(digits, 4)}` },
  { names: ['password', 'db_password'], make: password },
  { names: ['passwd'], make: password },
  { names: ['pwd'], make: password },
  { names: ['passphrase'], make: password },
  { names: ['passcode'], make: password },
  {
    names: ['pin'],
    make: (chance) => `${chance.of(upper, 2)}7${chance.hex(10)}9${chance.of(upper, 2)}`,
  },
  { names: ['verification_code'], make: opaque(12) },
  { names: ['recovery_code'], make: (chance) => `${chance.hex(5)}7-x${chance.hex(5)}` },
  { names: ['api_key', 'x-api-key'], make: opaque(32) },
  { names: ['access_key'], make: opaque(20) },
  { names: ['AccessKeyId'], make: behind('AK', 18, upper + digits) },
  { names: ['secret_access_key'], make: padded(30) },
  { names: ['secret_key'], make: padded(30) },
  { names: ['signing_key'], make: hex(64) },
  { names: ['encryption_key'], make: padded(32) },
  { names: ['master_key'], make: hex(32) },
  { names: ['client_key'], make: opaque(32) },
  { names: ['consumer_key'], make: opaque(25) },
  { names: ['shared_key'], make: padded(64) },
  { names: ['subscription_key', 'ocp-apim-subscription-key'], make: hex(32) },
  { names: ['x-functions-key'], make: padded(40) },
  { names: ['auth_key'], make: opaque(32) },
  { names: ['account_key'], make: padded(64) },
  { names: ['private_key'], make: padded(48) },
  { names: ['signature', 'X-Amz-Signature'], make: hex(64) },
  { names: ['hmac'], make: hex(40) },
  { names: ['sig'], make: bytes(32) },
  { names: ['session_id', 'mcp-session-id'], make: either(uuid, opaque(26)) },
  { names: ['sid'], make: opaque(28) },
  { names: ['JSESSIONID'], make: hex(32) },
  { names: ['session_state'], make: uuid },
  { names: ['session_token'], make: opaque(44) },
  { names: ['nonce', 'dpop-nonce'], make: opaque(22) },
  { names: ['dpop'], make: jwt },
  { names: ['csrf', 'csrf_token'], make: opaque(32) },
  { names: ['xsrf-token'], make: uuid },
  { names: ['credential', 'X-Amz-Credential'], make: opaque(30) },
  { names: ['connection_string'], make: opaque(48) },
  { names: ['seed'], make: hex(32) },
  {
    names: ['mnemonic'],
    make: (chance) => `${chance.of(lower, 6)}7${chance.of(lower, 5)}8${chance.of(lower, 5)}9`,
  },
  { names: ['pat'], make: opaque(52) },
  {
    names: ['ssn'],
    make: (chance) => `${number(3)(chance)}-a${number(2)(chance)}-${number(4)(chance)}`,
  },
  { names: ['otp'], make: opaque(16) },
  { names: ['totp'], make: opaque(16) },
  {
    names: ['request_uri'],
    make: (chance) => `urn:ietf:params:oauth:request_uri:${bytes(16)(chance)}`,
  },
  { names: ['login_hint'], make: (chance) => `${chance.of(lower, 7)}4${chance.of(digits, 3)}` },
  { names: ['sub'], make: (chance) => `auth0|${chance.hex(24)}` },
  { names: ['oid'], make: uuid },
  {
    names: ['email'],
    make: (chance) => `${chance.of(lower, 6)}.${chance.of(lower, 6)}@corp.example`,
  },
  { names: ['upn'], make: (chance) => `${chance.of(lower, 9)}@corp.example` },
  { names: ['key'], make: opaque(39) },
  { names: ['ticket'], make: behind('ST-', 32) },
  { names: ['jwt'], make: jwt },
  { names: ['personal_access_token'], make: opaque(52) },
  { names: ['refreshToken'], make: opaque(40) },
  { names: ['accessToken'], make: opaque(40) },
  { names: ['clientSecret'], make: opaque(40) },
  { names: ['apiKey'], make: opaque(40) },
]

const last = (value: string) => value.slice(value.lastIndexOf('/') + 1)
const letters = upper + digits
const nameless: readonly SecretKind[] = [
  ['gh', 'p_', 36],
  ['gh', 'o_', 36],
  ['github_', 'pat_', 60],
  ['glp', 'at-', 20],
  ['xo', 'xb-1', 40],
  ['xo', 'xp-1', 40],
  ['sk-', 'proj-', 48],
  ['sk-', 'ant-', 60],
  ['sk_', 'live_', 24],
  ['whs', 'ec_', 32],
  ['AI', 'za', 35],
  ['ya', '29.', 60],
  ['GOC', 'SPX-', 28],
  ['np', 'm_', 36],
  ['h', 'f_', 34],
  ['SG', '.', 60],
  ['hv', 's.', 90],
  ['lin_', 'api_', 40],
  ['nt', 'n_', 46],
  ['gs', 'k_', 52],
  ['dp.', 'pt.', 43],
  ['NR', 'AK-', 27],
].map(([head, tail, size]) => ({
  names: ['value', 'setting', 'x-upstream'],
  make: behind(`${String(head)}${String(tail)}`, Number(size)),
  telling: true as const,
}))

const shaped: readonly SecretKind[] = [
  { names: ['value', 'x-user-context'], make: jwt, telling: true },
  { names: ['value', 'x-envelope'], make: jwe, telling: true },
  { names: ['value'], make: behind('AK' + 'IA', 16, letters), telling: true },
  {
    names: ['url'],
    core: last,
    make: (chance) =>
      `https://hooks.slack.com/services/T${chance.of(letters, 8)}/B${chance.of(letters, 8)}/${chance.of(base62, 24)}`,
    telling: true,
  },
  {
    names: ['target'],
    core: last,
    make: (chance) =>
      `https://discord.com/api/webhooks/${chance.of(digits, 18)}/${bytes(50)(chance)}`,
    telling: true,
  },
  { names: ['value', 'x-thing', 'grant', 'blob'], make: opaque(32) },
  { names: ['value', 'x-forwarded-proof', 'artifact'], make: bytes(32) },
  { names: ['value', 'x-opaque', 'material'], make: padded(36) },
  { names: ['value', 'x-short', 'thing'], make: opaque(24) },
  { names: ['value', 'x-lower', 'thing'], make: (chance) => chance.of(lower + digits, 40) },
  { names: ['value', 'x-wide', 'thing'], make: opaque(64) },
  { names: ['value', 'x-long', 'thing'], make: bytes(96) },
  {
    names: ['dsn'],
    core: (value) => value.slice('postgres://app:'.length, value.indexOf('@')),
    make: (chance) => `postgres://app:${chance.of(base62, 16)}@db.example/app`,
    telling: true,
  },
]

/** Those that a name tells, and those that only looks tell. */
export const namedKinds: readonly SecretKind[] = named
export const namelessKinds: readonly SecretKind[] = [...nameless, ...shaped]
