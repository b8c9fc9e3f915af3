import { BoundedMap } from '../../wire/bounded-map.ts'

/**
 * What a name says of its value, wherever the two stand: in a header field, a query, a form, a JSON document, a challenge, an
 * environment or a sentence. Names are compared without case, hyphen and underscore: `accessToken`, `access-token` and
 * `ACCESS_TOKEN` are one.
 */
export type Meaning =
  /** A secret of this kind. */
  | { readonly sort: 'secret'; readonly kind: string }
  /** A secret of this kind in OAuth, and an everyday word elsewhere: there the value decides. */
  | { readonly sort: 'either'; readonly kind: string }
  /** For everyone to read, however random it looks: ids, hashes, public keys. */
  | { readonly sort: 'open' }
  /** The name tells nothing: the value decides. */
  | { readonly sort: 'unknown' }

type Kinds = ReadonlyMap<string, string>

function kinds(table: Readonly<Record<string, string>>): Kinds {
  return new Map(
    Object.entries(table).flatMap(([kind, names]) => names.split(' ').map((name) => [name, kind])),
  )
}

const secrets = kinds({
  access_token: 'accesstoken',
  refresh_token: 'refreshtoken',
  id_token:
    'idtoken xmstokenaadidtoken cfaccessjwtassertion xgoogiapjwtassertion xamznoidcdata xmsclientprincipal',
  id_token_hint: 'idtokenhint',
  registration_access_token: 'registrationaccesstoken',
  token: 'token jwt bearer pat personalaccesstoken',
  code_verifier: 'codeverifier pkceverifier',
  code_challenge: 'codechallenge',
  client_secret: 'clientsecret secret',
  assertion: 'clientassertion assertion softwarestatement samlresponse samlrequest samlart',
  subject_token: 'subjecttoken actortoken',
  dpop_proof: 'dpop dpopproof',
  device_code: 'devicecode',
  user_code: 'usercode verificationuricomplete',
  request_uri: 'requesturi',
  password:
    'password passwd pwd passphrase passcode otp totp otpcode totpcode mfacode smscode onetimecode dbpass smtppass',
  api_key: 'apikey accesskey secretkey subscriptionkey authkey pfx',
  signature: 'signature sig hmac',
  session: 'sessionid session sid sessionstate jsessionid phpsessid mcpsessionid sessid',
  private_key: 'privatekey',
  nonce: 'nonce dpopnonce cnonce',
  csrf: 'csrf xsrf csrfmiddleware antiforgery',
  username: 'loginhint logouthint',
  personal:
    'sub oid ipaddr email givenname familyname middlename preferredusername uniquename upn phonenumber birthdate contacts clientemail mail emailaddress displayname ssn socialsecuritynumber',
  authorization: 'authorization proxyauthorization',
})

/** Whose names mean a secret in OAuth; in a query or form that is none of its messages, as in a sentence, they may be anything. */
const either = kinds({
  code: 'code authorizationcode authcode',
  state: 'state relaystate',
  request_object: 'request',
  response_object: 'response',
  api_key: 'key',
  token: 'ticket auth',
  password: 'pin pass',
  private_key: 'seed mnemonic',
  credential: 'credential credentials cred creds',
})

/** Fields that gateways add about who is signed in. */
const people = kinds({
  personal:
    'xamznoidcidentity xmsclientprincipalname xforwardeduser xforwardedemail xforwardedpreferredusername xauthrequestuser xauthrequestemail xauthrequestpreferredusername xgoogauthenticateduseremail remoteuser from',
})

const inParameters = kinds({ username: 'username user login' })

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

/** Endings that tell a secret whatever stands before them; the first that fits. */
const endings: readonly (readonly [kind: string, endings: string])[] = [
  ['access_token', 'accesstoken'],
  ['refresh_token', 'refreshtoken'],
  ['id_token', 'idtoken'],
  ['token', 'token jwt'],
  ['client_secret', 'clientsecret secret'],
  ['password', 'password passwd passphrase passcode pwd verificationcode recoverycode backupcode'],
  ['device_code', 'devicecode'],
  ['private_key', 'privatekey seedphrase mnemonic'],
  [
    'api_key',
    'apikey accesskey accesskeyid securitykey secretkey signingkey encryptionkey masterkey clientkey consumerkey sharedkey functionskey subscriptionkey authkey sessionkey hmackey accountkey',
  ],
  ['session', 'sessionid sessiontoken sessid'],
  ['code_verifier', 'verifier'],
  ['assertion', 'assertion'],
  ['signature', 'signature hmac'],
  ['csrf', 'csrf xsrf'],
  ['credential', 'credential credentials connectionstring connstr'],
]
const endingList = endings.flatMap(([kind, list]) =>
  list.split(' ').map((ending) => [ending, kind] as const),
)

/** Where a list goes on, and which call progress belongs to: no secrets, whatever they end in. */
const harmless = /(?:page|next|continuation|progress|sync|cursor|cancellation)token$/

/** Ids, hashes and keys that everybody may have. */
const openNames = new Set(
  [
    'id ids uuid guid etag ifnonematch kid jti jkt s256 cnf ath n e x y x5c x5t jwk traceparent tracestate baggage b3 trace xamzid2',
    'xazureref xfbdebug ray cursor scope scopes signedmetadata wwwauthenticate useragent server via link errorurl',
    'secwebsocketkey secwebsocketaccept boundary filename integrity signatureinput contentdigest reprdigest vary iconuri icon',
  ].flatMap((line) => line.split(' ')),
)
const openEndings =
  /(?:id|ids|uuid|guid|hash|digest|checksum|fingerprint|thumbprint|sha|sha1|sha256|sha384|sha512|md5|etag|commit|revision|version|publickey|cachekey|partitionkey|primarykey|sortkey|routingkey|idempotencykey|keyid|x5ts256|certificate|trace|tracecontext|spanid|cursor|(?:page|next|continuation|progress|sync|cancellation)token)$/

/** What the name of nothing means. */
export const unknown: Meaning = { sort: 'unknown' }

/** The address of a page about an error, with the error's number in it (RFC 6749 §4.1.2.1), or a public id or document. */
export function isPublicText(name: string): boolean {
  return publicTexts.has(plainName(name).replace(/^x/, ''))
}

const publicTexts = new Set(['clientid', 'erroruri', 'errorurl', 'signedmetadata'])

const open: Meaning = { sort: 'open' }

function plainName(name: string): string {
  const short = name.length > 100 ? name.slice(-100) : name
  return short.toLowerCase().replaceAll(/[-_.\s#]|\[\w*\]$/g, '')
}

const meanings = new BoundedMap<Meaning>(4000)

/** What a name means by itself. */
export function meaningOf(name: string): Meaning {
  if (name.length > 100) return read(plainName(name))
  const known = meanings.get(name)
  if (known !== undefined) return known
  const meaning = read(plainName(name))
  meanings.set(name, meaning)
  return meaning
}

function read(plain: string): Meaning {
  // The names that applications make up begin with an x (RFC 6648 §1).
  for (const name of plain.startsWith('x') ? [plain, plain.slice(1)] : [plain]) {
    const secret = secrets.get(name)
    if (secret !== undefined) return { sort: 'secret', kind: secret }
    const kind = either.get(name)
    if (kind !== undefined) return { sort: 'either', kind }
  }
  if (openNames.has(plain) || openNames.has(plain.replace(/^x/, '')) || harmless.test(plain))
    return open
  const ending = endingList.find(([text]) => plain.endsWith(text))
  if (ending !== undefined) return { sort: 'secret', kind: ending[1] }
  return openEndings.test(plain) ? open : unknown
}

/** The kind of secret a parameter of a query or form holds, or a field of a page. */
export function parameterMeaning(name: string): Meaning {
  const kind = inParameters.get(plainName(name))
  return kind === undefined ? meaningOf(name) : { sort: 'secret', kind }
}

/** What a header field's name means; credentials and cookies aside, which have parts of their own. */
export function headerMeaning(name: string): Meaning {
  const kind = people.get(plainName(name))
  return kind === undefined ? meaningOf(name) : { sort: 'secret', kind }
}

/** Fields that carry credentials behind a scheme, under whichever name a gateway passes them on. */
export function isAuthorizationHeader(name: string): boolean {
  return /(?:^|-)authorization$/i.test(name)
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

/** What the name of a member of a JSON object means. */
export function memberMeaning(name: string, company: Company): Meaning {
  // Claims may be named by URL (OpenID Connect Core §5.1.2).
  const last = name.slice(name.lastIndexOf('/') + 1)
  if (company.message || company.person || company.key) {
    const plain = plainName(last)
    const kind =
      (company.message ? inMessages.get(plain) : undefined) ??
      (company.person ? inPersons.get(plain) : undefined) ??
      (company.key ? inKeys.get(name) : undefined)
    if (kind !== undefined) return { sort: 'secret', kind }
  }
  return meaningOf(last)
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

/** Whether pairs of a query or form make a message of OAuth: by a parameter that is nowhere else, or by two that go together. */
export function isMessage(text: string): boolean {
  if (!/(?:^|&)(?:code|state|key|request|response|ticket|auth|relaystate)=/i.test(text)) return true
  return (
    /(?:^|&)(?:grant_type|redirect_uri|code_(?:verifier|challenge)|response_type|client_id|session_state|nonce|iss|scope|error)=/.test(
      text,
    ) || /(?:^|&)code=.*&state=|(?:^|&)state=.*&code=/s.test(text)
  )
}
