/** Parameters of queries and forms that hold a secret, and what sort it is. `code_challenge` is no secret: the verifier is. */
const parameters: Readonly<Record<string, string>> = {
  access_token: 'access_token',
  refresh_token: 'refresh_token',
  id_token: 'id_token',
  id_token_hint: 'id_token',
  token: 'token',
  code: 'code',
  code_verifier: 'code_verifier',
  state: 'state',
  nonce: 'nonce',
  client_secret: 'client_secret',
  client_assertion: 'assertion',
  assertion: 'assertion',
  subject_token: 'subject_token',
  actor_token: 'subject_token',
  device_code: 'device_code',
  user_code: 'user_code',
  request: 'request_object',
  request_uri: 'request_uri',
  response: 'response_object',
  username: 'username',
  password: 'password',
  passwd: 'password',
  login_hint: 'username',
  logout_hint: 'username',
  otp: 'password',
  api_key: 'api_key',
  apikey: 'api_key',
  'api-key': 'api_key',
  auth_token: 'token',
  session_state: 'session',
  sid: 'session',
  sessionid: 'session',
  session_id: 'session',
  samlresponse: 'assertion',
  samlrequest: 'assertion',
  relaystate: 'state',
  ticket: 'token',
  secret: 'client_secret',
  email: 'personal',
}

/** Members of JSON documents that hold a secret. `code` and `token` are too common there to mean one. */
const members: Readonly<Record<string, string>> = {
  access_token: 'access_token',
  accesstoken: 'access_token',
  refresh_token: 'refresh_token',
  refreshtoken: 'refresh_token',
  id_token: 'id_token',
  idtoken: 'id_token',
  token: 'token',
  client_secret: 'client_secret',
  clientsecret: 'client_secret',
  registration_access_token: 'registration_access_token',
  software_statement: 'assertion',
  device_code: 'device_code',
  user_code: 'user_code',
  verification_uri_complete: 'user_code',
  request_uri: 'request_uri',
  code_verifier: 'code_verifier',
  code: 'code',
  client_assertion: 'assertion',
  assertion: 'assertion',
  subject_token: 'subject_token',
  password: 'password',
  api_key: 'api_key',
  apikey: 'api_key',
  secret: 'client_secret',
  nonce: 'nonce',
  state: 'state',
  session_id: 'session',
  sessionid: 'session',
}

const personalClaims = new Set([
  'email',
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'unique_name',
  'upn',
  'phone_number',
  'phone',
  'address',
  'picture',
  'profile',
  'birthdate',
  'gender',
])

/** Header fields whose whole value is a secret. */
const secretHeaders: Readonly<Record<string, string>> = {
  dpop: 'dpop_proof',
  'mcp-session-id': 'session',
  'x-api-key': 'api_key',
  'api-key': 'api_key',
  apikey: 'api_key',
  'x-auth-token': 'api_key',
  'x-access-token': 'access_token',
  'x-goog-api-key': 'api_key',
  'x-csrf-token': 'api_key',
  'x-xsrf-token': 'api_key',
  'x-amz-security-token': 'api_key',
  'ocp-apim-subscription-key': 'api_key',
  'x-functions-key': 'api_key',
  'cf-access-client-secret': 'api_key',
  'cf-access-jwt-assertion': 'assertion',
  'x-forwarded-access-token': 'access_token',
  'dpop-nonce': 'nonce',
}

const urlHeaders = new Set(['location', 'content-location', 'referer', 'refresh'])

function lookUp(table: Readonly<Record<string, string>>, name: string): string | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(table, key) ? table[key] : undefined
}

export function parameterKind(name: string): string | undefined {
  return lookUp(parameters, name)
}

export function memberKind(name: string): string | undefined {
  return lookUp(members, name)
}

export function headerKind(name: string): string | undefined {
  const known = lookUp(secretHeaders, name)
  if (known !== undefined) return known
  return /^x-.*(?:api-?key|token|secret)$/i.test(name.slice(0, 100)) ? 'api_key' : undefined
}

export function isUrlHeader(name: string): boolean {
  return urlHeaders.has(name.toLowerCase())
}

/** Claims about a person. `sub` stays: without it, who the token is for cannot be told apart. */
export function isPersonal(name: string): boolean {
  return personalClaims.has(name.toLowerCase())
}

const prefixes = [
  'gho_',
  'ghp_',
  'ghu_',
  'ghs_',
  'ghr_',
  'github_pat_',
  'ya29.',
  'xoxb-',
  'xoxp-',
  'xoxa-',
  'sk-',
  'pk_',
  'glpat-',
  'AKIA',
]

/** The public prefix that tells whose token it is. */
export function knownPrefix(value: string): string | undefined {
  return prefixes.find((prefix) => value.startsWith(prefix))
}

/** Secrets that were never seen in their place, by their shape alone. Each pattern is linear in the text. */
export const shapes: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'jwt', pattern: /\beyJ[\w-]{10,}\.[\w-]{4,}(?:\.[\w-]*){1,3}/g },
  { kind: 'token', pattern: /\b(?:gh[opusr]_|github_pat_|ya29\.|xox[bpas]-|glpat-)[\w.-]{10,}/g },
]
