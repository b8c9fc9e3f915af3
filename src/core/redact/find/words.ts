/** What stands where a secret should, and gives nothing away: it is the very fault that has to stay readable. */
const placeholders = new Set(
  'undefined null none nil nan true false bearer basic dpop token redacted removed [redacted] [object'.split(
    ' ',
  ),
)

/** A value that is no secret although it stands in a secret's place. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim().toLowerCase()
  if (text === '' || placeholders.has(text) || text === '[object object]') return true
  if (text.length > 60) return false
  return /^(?:[*•x.·_-]+|<[\w .-]+>|\$\{[\w .-]*\}?|\{\{?[\w .-]+\}?\}|\[[a-z .-]+\]|your[-_ ][a-z_ -]+)$/.test(
    text,
  )
}

/**
 * Words of the protocols. Where a client sends one in a secret's place it is a secret there, but not in every document
 * that uses the word.
 */
const vocabulary = new Set(
  [
    'authorization_code refresh_token access_token id_token client_credentials implicit password token code none plain s256',
    'client_secret_basic client_secret_post client_secret_jwt private_key_jwt tls_client_auth self_signed_tls_client_auth',
    'invalid_request invalid_client invalid_grant unauthorized_client unsupported_grant_type unsupported_response_type',
    'invalid_scope invalid_token invalid_target invalid_redirect_uri invalid_client_metadata invalid_request_uri',
    'invalid_request_object invalid_dpop_proof use_dpop_nonce insufficient_scope access_denied server_error',
    'temporarily_unavailable interaction_required login_required consent_required account_selection_required',
    'authorization_pending slow_down expired_token unsupported_token_type invalid_software_statement',
    'insufficient_user_authentication insufficient_authorization device_code form_post query fragment query.jwt',
    'openid profile email address phone offline_access offline mcp read write admin public pairwise',
    'application/json application/x-www-form-urlencoded text/event-stream text/html text/plain multipart/form-data',
    'rs256 rs384 rs512 es256 es384 es512 ps256 ps384 ps512 hs256 hs384 hs512 eddsa ed25519 jwt at+jwt dpop+jwt bearer basic',
    'authorization content-type content-length localhost 127.0.0.1 http/1.1 http/2 http/1.0 utf-8 gzip keep-alive close',
    'initialize notifications/initialized tools/list tools/call resources/list resources/read prompts/list prompts/get',
    'authorized failed abandoned in-progress incomplete error warning info certain likely observed recorded',
    'client resource-server authorization-server intermediary undetermined authtap registration challenge callback',
    'resource-metadata server-metadata client-metadata pushed-request device-authorization authorize revocation',
    'introspection userinfo preflight other dynamic pre-registered unknown cimd not-seen blind silent crash',
    'https://openid.net urn:ietf:params:oauth:client-assertion-type:jwt-bearer urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:token-type:access_token urn:ietf:params:oauth:token-type:refresh_token',
    'urn:ietf:params:oauth:token-type:id_token urn:ietf:params:oauth:token-type:jwt',
    // Methods and fields of HTTP. Rails keeps the method of a request in a cookie.
    'get head post put patch delete connect options trace',
    'accept accept-encoding accept-language access-control-allow-credentials access-control-allow-headers',
    'access-control-allow-methods access-control-allow-origin access-control-expose-headers access-control-max-age',
    'access-control-request-headers access-control-request-method age cache-control connection content-disposition',
    'content-encoding content-language content-location content-range cookie date etag expect expires forwarded from host',
    'if-match if-modified-since if-none-match last-event-id last-modified location mcp-protocol-version mcp-session-id',
    'origin pragma proxy-authenticate proxy-authorization range referer retry-after sec-fetch-dest sec-fetch-mode',
    'sec-fetch-site server set-cookie strict-transport-security trailer transfer-encoding upgrade user-agent vary via',
    'www-authenticate x-forwarded-for x-forwarded-host x-forwarded-proto x-request-id chunked no-store no-cache',
    // Names of HAR 1.2 and of what authtap writes.
    'log version creator pages entries starteddatetime time request response cache timings serveripaddress connection',
    'method url httpversion cookies headers querystring postdata headerssize bodysize mimetype params text encoding',
    'status statustext content redirecturl size compression comment send wait receive blocked connect ssl pageref name',
    'value path domain httponly secure _authtap schema labels report findings flows checklist outcomes capture verdict',
    'firstbroken exchange exchanges evidence severity confidence basis fault candidates title message why remedy hint',
    'spec flow causedby rule variant steps kind summary outcome resource issuer clientid registration revision seq run',
    'listening notice behind snapshot touched upstream startedat endedat dropped complete missing',
  ].flatMap((line) => line.split(' ')),
)

/** Whether a value is such a word, with or without what surrounds it in a document. */
export function isVocabulary(value: string): boolean {
  if (value.length >= 60) return false
  const word = value.toLowerCase()
  return (
    vocabulary.has(word) || vocabulary.has(word.replace(/^[\s"'{}[\]:,=;]+|[\s"'{}[\]:,=;]+$/g, ''))
  )
}

/** A bare web address, or a path in words and ids: what it points at is no secret where it stands by itself. */
export function isAddress(value: string): boolean {
  if (/^[a-z][a-z0-9+.-]{1,30}:\/\/[^?#@]*$/i.test(value)) return true
  return (
    /^\/[a-z0-9_.~-]+(?:\/[a-z0-9_.~-]*)*(?:\/|\?)[^?]*$/s.test(value) &&
    !value.split(/[/?&=]/).some(isKey)
  )
}

/** Part of a path that is neither a word nor an id in hexadecimal digits. */
function isKey(part: string): boolean {
  return part.length >= 14 && looksRandom(part) && !/^[\da-f-]+$/i.test(part)
}

/** Lower-case words, or a number: as a short value it says nothing, and may stand anywhere by chance. */
export function isEveryday(value: string): boolean {
  return /^[a-z]*(?:[ _.:/-][a-z]+)*$/.test(value) || /^[\d.:-]*$/.test(value)
}

/** Characters of several sorts in one run: what people do not write. */
export function looksRandom(text: string): boolean {
  const sorts = [/[a-z]/, /[A-Z]/, /\d/].filter((sort) => sort.test(text)).length
  return sorts >= 2 && (/\d/.test(text) || text.length >= 20)
}

const prefixes = [
  'github_pat_',
  ...['gho_', 'ghp_', 'ghu_', 'ghs_', 'ghr_', 'ya29.', '1//', 'GOCSPX-', 'AIza'],
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'],
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'pk_live_', 'pk_test_', 'whsec_', 'sk-'],
  ...['glpat-', 'gloas-', 'AKIA', 'ASIA', 'npm_', 'pypi-', 'dop_v1_', 'doo_v1_', 'dor_v1_'],
  ...['shpat_', 'shpss_', 'shpca_', 'lin_api_', 'lin_oauth_', 'secret_', 'ntn_', 'hf_', 'figd_'],
  ...['ATATT3', 'ATCTT3', 'SG.', 'sntrys_', 'sntryu_', 'hvs.', 'sbp_', 'sb_secret_', 'dapi'],
  ...['PMAK-', 'dckr_pat_', 'r8_', 'pat-', 'phx_', 'gsk_', 'pplx-', 'xai-', 'tvly-', 'nvapi-'],
  ...['glrt-', 'gldt-', 'glptt-', 'ATBB', 'NRAK-', 'dp.pt.', 'dp.st.', 'pscale_tkn_', 'pscale_pw_'],
  ...[
    'rubygems_',
    'sq0atp-',
    'sq0csp-',
    'EAAA',
    'nfp_',
    'CFPAT-',
    'LTAI',
    'pul-',
    'fo1_',
    'dt0c01.',
  ],
  ...['shppa_', 'AGE-SECRET-KEY-', 'hvb.', 'tskey-', 'ops_', 'sgp_', 'key-', 'vercel_', 'vck_'],
]

/** The public prefix that tells who issued a token. */
export function knownPrefix(value: string): string | undefined {
  return prefixes.find((prefix) => value.startsWith(prefix) && value.length > prefix.length)
}

/** Prefixes that occur in nothing but tokens: enough to know one that was never seen in its place. */
export const tellingPrefixes = [
  ...['github_pat_', 'gh[opusr]_', 'ya29\\.', 'GOCSPX-', 'AIza', 'xox[abeprs][-.]', 'xapp-'],
  ...['[srp]k_(?:live|test)_', 'whsec_', 'glpat-', 'gloas-', 'A[KS]IA(?=[A-Z0-9]{16})', 'npm_'],
  ...['pypi-', 'do[opr]_v1_', 'shp(?:at|ss|ca)_', 'lin_(?:api|oauth)_', 'ntn_', 'hf_', 'figd_'],
  ...['AT[AC]TT3', 'SG\\.', 'sntry[su]_', 'hvs\\.', 'sbp_', 'sb_secret_', 'PMAK-', 'dckr_pat_'],
  ...['sk-', 'gsk_', 'pplx-', 'xai-', 'tvly-', 'nvapi-', 'gl(?:rt|dt|ptt)-', 'ATBB', 'NRAK-'],
  ...[
    'dp\\.[ps]t\\.',
    'pscale_(?:tkn|pw)_',
    'rubygems_',
    'sq0(?:atp|csp)-',
    'nfp_',
    'CFPAT-',
    'LTAI',
  ],
  ...[
    'pul-',
    'fo1_',
    'dt0c01\\.',
    'shppa_',
    'AGE-SECRET-KEY-',
    'hvb\\.',
    'tskey-',
    'r8_',
    'phx_',
    'vck_',
  ],
  ...['key-(?=[0-9a-f]{32})', 'dapi(?=[0-9a-f]{32})', 'SK(?=[0-9a-f]{32})'],
]
