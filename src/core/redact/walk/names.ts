import { BoundedMap } from '../../wire/bounded-map.ts'

/** Names are compared without case and separators: `accessToken`, `access-token` and `access_token` are one. */
function plainName(name: string): string {
  const short = name.length > 100 ? name.slice(-100) : name
  return short.toLowerCase().replaceAll(/[-_.\s]|\[\w*\]$/g, '')
}

type Kinds = ReadonlyMap<string, string>

function kinds(table: Readonly<Record<string, string>>): Kinds {
  return new Map(
    Object.entries(table).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind])),
  )
}

/** Names that mean a secret in queries, forms and documents alike. */
const everywhere = kinds({
  access_token: 'accesstoken',
  refresh_token: 'refreshtoken',
  id_token: 'idtoken',
  id_token_hint: 'idtokenhint',
  registration_access_token: 'registrationaccesstoken',
  token: 'token jwt bearer',
  code_verifier: 'codeverifier',
  code_challenge: 'codechallenge',
  client_secret: 'clientsecret secret',
  assertion: 'clientassertion assertion softwarestatement samlresponse samlrequest',
  subject_token: 'subjecttoken actortoken',
  device_code: 'devicecode',
  user_code: 'usercode verificationuricomplete',
  request_uri: 'requesturi',
  password: 'password passwd pwd passphrase otp totp mfacode',
  api_key: 'apikey accesskey secretkey subscriptionkey authkey signature sig',
  session: 'sessionid session sid sessionstate jsessionid phpsessid mcpsessionid',
  private_key: 'privatekey',
  nonce: 'nonce dpopnonce cnonce',
  username: 'loginhint logouthint',
  personal:
    'email givenname familyname middlename preferredusername uniquename upn phonenumber birthdate contacts clientemail mail emailaddress displayname',
})

const inParameters = kinds({
  code: 'code authorizationcode authcode',
  state: 'state relaystate',
  request_object: 'request',
  response_object: 'response',
  username: 'username user login',
  api_key: 'key',
  token: 'ticket auth',
})

/** Members that mean a secret when the object they stand in is of a certain sort; elsewhere they are everyday words. */
const inMessages = kinds({
  code: 'code authorizationcode authcode',
  state: 'state',
  request_object: 'request',
  username: 'username',
})

const inPersons = kinds({
  personal: 'name nickname picture profile address phone gender username website login zoneinfo',
})

const inKeys = kinds({ private_key: 'd p q dp dq qi k' })

/** Endings that tell a secret whatever stands before them. */
const endings: readonly (readonly [ending: string, kind: string])[] = [
  ['accesstoken', 'access_token'],
  ['refreshtoken', 'refresh_token'],
  ['idtoken', 'id_token'],
  ['token', 'token'],
  ['clientsecret', 'client_secret'],
  ['secret', 'client_secret'],
  ['password', 'password'],
  ['apikey', 'api_key'],
  ['accesskey', 'api_key'],
  ['securitykey', 'api_key'],
  ['privatekey', 'private_key'],
]

/** Where a list goes on, and which call progress belongs to: no secrets, whatever they end in. */
const harmless = /(?:page|next|continuation|progress|sync|cursor|cancellation)token$/

function byEnding(name: string): string | undefined {
  if (harmless.test(name)) return undefined
  return endings.find(([ending]) => name.endsWith(ending))?.[1]
}

/** The kind of secret a parameter of a query or form holds. A `code_challenge` is one only if it is known as another. */
export function parameterKind(name: string): string | undefined {
  const plain = plainName(name)
  return everywhere.get(plain) ?? inParameters.get(plain) ?? byEnding(plain)
}

/** What the other members of an object say about it. */
export interface Company {
  /** It is an OAuth message: `code` and `state` mean there what they mean in a form. */
  readonly message: boolean
  /** It is about a person: an ID token's claims, a userinfo answer (OpenID Connect Core §5.1). */
  readonly person: boolean
  /** It is a JSON Web Key (RFC 7517 §4). */
  readonly key: boolean
}

/** The same few names come again and again; what they mean is looked up once for each sort of company. */
const knownMembers = Array.from({ length: 8 }, () => new BoundedMap<string | false>(2000))

/** The kind of secret a member of a JSON object holds. */
export function memberKind(name: string, company: Company): string | undefined {
  if (name.length > 100) return kindOf(name, company)
  const { message, person, key } = company
  const known = knownMembers[(message ? 1 : 0) + (person ? 2 : 0) + (key ? 4 : 0)]!
  const found = known.get(name)
  if (found !== undefined) return found === false ? undefined : found
  const kind = kindOf(name, company)
  known.set(name, kind ?? false)
  return kind
}

function kindOf(name: string, company: Company): string | undefined {
  // Claims may be named by URL (OpenID Connect Core §5.1.2).
  const plain = plainName(name.slice(name.lastIndexOf('/') + 1))
  return (
    everywhere.get(plain) ??
    (company.message ? inMessages.get(plain) : undefined) ??
    (company.person ? inPersons.get(plain) : undefined) ??
    (company.key ? inKeys.get(name) : undefined) ??
    byEnding(plain)
  )
}

const messageSigns = new Set([
  'grant_type',
  'redirect_uri',
  'code_verifier',
  'code_challenge',
  'response_type',
  'client_id',
  'session_state',
  'nonce',
])
const personSigns = new Set(['sub', 'email', 'preferred_username', 'given_name', 'upn'])

/** Whether a member's presence says something about its object. */
export function companyOf(name: string): keyof Company | undefined {
  if (messageSigns.has(name)) return 'message'
  if (personSigns.has(name)) return 'person'
  return name === 'kty' ? 'key' : undefined
}

const secretHeaders = kinds({
  dpop_proof: 'dpop',
  session: 'mcp-session-id',
  assertion:
    'cf-access-jwt-assertion x-goog-iap-jwt-assertion x-amzn-oidc-data x-ms-token-aad-id-token',
  api_key:
    'api-key apikey ocp-apim-subscription-key x-functions-key x-goog-api-key x-ms-client-principal',
  nonce: 'dpop-nonce',
  personal:
    'x-amzn-oidc-identity x-ms-client-principal-name x-forwarded-user x-forwarded-email x-forwarded-preferred-username x-auth-request-user x-auth-request-email x-auth-request-preferred-username x-goog-authenticated-user-email remote-user from',
})

/** The kind of secret a header field's whole value is. */
export function headerKind(name: string): string | undefined {
  const lower = name.toLowerCase().slice(0, 100)
  const known = secretHeaders.get(lower)
  if (known !== undefined) return known
  if (/access-?token$/.test(lower)) return 'access_token'
  if (/id-?token$/.test(lower)) return 'id_token'
  return /(?:api-?key|access-?key|auth-?key|secret-?key|token|secret|password)$/.test(lower)
    ? 'api_key'
    : undefined
}

/** Fields that carry credentials behind a scheme, under whichever name a gateway passes them on. */
export function isAuthorizationHeader(name: string): boolean {
  return /(?:^|-)authorization$/i.test(name)
}
