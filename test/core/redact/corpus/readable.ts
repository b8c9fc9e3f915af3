import { createHash } from 'node:crypto'
import { type Chance, base62, digits, lower, upper } from './random.ts'

/** A kind of value that everybody may read, and that a report without it would be the poorer for. */
export interface ReadableKind {
  readonly names: readonly string[]
  readonly make: (chance: Chance) => string
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const word = (chance: Chance) =>
  chance.pick(['tools', 'files', 'mail', 'calendar', 'users', 'repo', 'search', 'billing', 'graph'])
const hash = (algorithm: string, encoding: 'hex' | 'base64' | 'base64url') => (chance: Chance) =>
  createHash(algorithm).update(chance.hex(9)).digest(encoding)
const moment = (chance: Chance) => new Date(1.7e12 + chance.below(1e11))
const uuid = (chance: Chance) => chance.uuid()
const one =
  (...values: string[]) =>
  (chance: Chance) =>
    chance.pick(values)

export const readableKinds: readonly ReadableKind[] = [
  { names: ['id', 'resource_id', 'x-request-id', 'correlation_id'], make: uuid },
  { names: ['tenant', 'tenant_id', 'tid', 'directory', 'organization'], make: uuid },
  { names: ['client_id', 'appid'], make: (chance) => chance.of(base62, 32) },
  {
    names: ['client_id'],
    make: (chance) =>
      `${chance.of(digits, 12)}-${chance.of(lower + digits, 32)}.apps.googleusercontent.com`,
  },
  { names: ['kid'], make: (chance) => chance.bytes(32).toString('base64url') },
  {
    names: ['jti', 'request_id', 'trace_id', 'event_id'],
    make: (chance) => `01${chance.of(crockford, 24)}`,
  },
  { names: ['reference', 'invoice', 'ref'], make: (chance) => `01${chance.of(crockford, 24)}` },
  { names: ['x-ref', 'run'], make: (chance) => `req_${chance.of(base62, 24)}` },
  { names: ['traceparent'], make: (chance) => `00-${chance.hex(32)}-${chance.hex(16)}-01` },
  { names: ['x-b3-traceid', 'x-datadog-trace-id', 'trace'], make: (chance) => chance.hex(32) },
  { names: ['x-amzn-trace-id'], make: (chance) => `Root=1-${chance.hex(8)}-${chance.hex(24)}` },
  { names: ['x-amz-cf-id', 'x-amz-id-2'], make: (chance) => chance.bytes(42).toString('base64') },
  { names: ['cf-ray'], make: (chance) => `${chance.hex(16)}-FRA` },
  { names: ['etag', 'if-none-match'], make: (chance) => `"${chance.of(base62, 27)}"` },
  { names: ['error_code', 'code'], make: (chance) => `AADSTS${50000 + chance.below(9000)}` },
  { names: ['code'], make: (chance) => String(chance.pick([400, 401, 403, 404, 422, 500, 502])) },
  {
    names: ['code', 'error', 'type'],
    make: one('invalid_grant', 'invalid_client', 'not_found', 'rate_limited'),
  },
  {
    names: ['code'],
    make: one('E1001', 'ERR_BAD_REQUEST', 'ECONNREFUSED', 'EX-4011', 'UNAUTHENTICATED'),
  },
  {
    names: ['state', 'province'],
    make: one('CA', 'NY', 'California', 'active', 'pending', 'in_progress'),
  },
  {
    names: ['key', 'sort', 'field'],
    make: one('name', 'title', 'created_at', 'updatedAt', 'display-name'),
  },
  {
    names: ['scope', 'scopes'],
    make: (chance) => `${word(chance)}:read ${word(chance)}.write openid offline_access`,
  },
  {
    names: ['scope', 'permission'],
    make: (chance) => `https://www.googleapis.com/auth/${word(chance)}.readonly`,
  },
  {
    names: ['version', 'release', 'x-api-version'],
    make: (chance) =>
      `${chance.below(20)}.${chance.below(30)}.${chance.below(9)}-beta.${chance.below(9)}`,
  },
  {
    names: ['build', 'server'],
    make: (chance) =>
      `authserver/${chance.below(9)}.${chance.below(40)}.${chance.below(9)}+git.${chance.hex(8)}`,
  },
  {
    names: ['protocolVersion', 'mcp-protocol-version'],
    make: one('2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'),
  },
  { names: ['commit', 'revision', 'git', 'head'], make: (chance) => chance.hex(40) },
  { names: ['digest', 'image'], make: (chance) => `sha256:${chance.hex(64)}` },
  { names: ['sha256', 'checksum', 'content', 'sum'], make: hash('sha256', 'hex') },
  {
    names: ['integrity', 'script'],
    make: (chance) => `sha384-${hash('sha384', 'base64')(chance)}`,
  },
  { names: ['content-md5', 'x-goog-hash'], make: hash('md5', 'base64') },
  {
    names: ['x5t', 'x5t#S256', 'jkt', 'at_hash', 'c_hash', 'ath'],
    make: hash('sha256', 'base64url'),
  },
  {
    names: ['date', 'created', 'expires_at', 'last-modified'],
    make: (chance) => moment(chance).toISOString(),
  },
  { names: ['date', 'expires'], make: (chance) => moment(chance).toUTCString() },
  {
    names: ['iat', 'exp', 'created', 'expires_in', 'count'],
    make: (chance) => String(1.7e9 + chance.below(1e8)),
  },
  {
    names: ['host', 'server', 'region'],
    make: (chance) => `${word(chance)}-${chance.below(99)}.eu-west-1.compute.internal`,
  },
  { names: ['issuer', 'iss'], make: (chance) => `https://login.example/${chance.uuid()}/v2.0` },
  {
    names: ['token_endpoint', 'jwks_uri'],
    make: (chance) => `https://as${chance.below(99)}.example/oauth2/v1/token`,
  },
  { names: ['resource', 'aud'], make: (chance) => `https://mcp.example/${word(chance)}/mcp` },
  {
    names: ['user-agent', 'client'],
    make: (chance) => `claude-code/${chance.below(3)}.${chance.below(90)}.${chance.below(9)} (cli)`,
  },
  { names: ['name', 'tool'], make: (chance) => `${word(chance)}/${word(chance)}_list` },
  {
    names: ['model', 'deployment'],
    make: one('claude-sonnet-4-5-20250929', 'gpt-4.1-mini-2025-04-14', 'gemini-2.5-flash-001'),
  },
  { names: ['package', 'image'], make: (chance) => `@modelcontextprotocol/server-${word(chance)}` },
  {
    names: ['file', 'path'],
    make: (chance) => `src/${word(chance)}/${word(chance)}Handler${chance.below(9)}.test.ts`,
  },
  {
    names: ['class', 'exception'],
    make: (chance) =>
      `org.springframework.security.oauth2.${chance.pick(['jwt.BadJwtException', 'core.OAuth2Error', 'server.resource.InvalidBearerTokenException'])}`,
  },
  {
    names: ['token_type', 'token_type_hint'],
    make: one('Bearer', 'DPoP', 'access_token', 'refresh_token'),
  },
  {
    names: ['grant_type'],
    make: one(
      'authorization_code',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:device_code',
    ),
  },
  {
    names: ['token_endpoint_auth_method'],
    make: one('client_secret_basic', 'private_key_jwt', 'none'),
  },
  {
    names: ['alg', 'code_challenge_method'],
    make: one('S256', 'RS256', 'ES256', 'EdDSA', 'plain'),
  },
  {
    names: ['error_description', 'message'],
    make: one(
      'The token is expired',
      'The key was not found',
      'Code is invalid or was used before',
      'password grant is not enabled',
      'state parameter: missing',
    ),
  },
  {
    names: ['nextPageToken', 'cursor', 'progressToken'],
    make: (chance) => chance.bytes(24).toString('base64url'),
  },
  {
    names: ['locale', 'region', 'zone'],
    make: one('en-US', 'eu-central-1', 'Europe/Vienna', 'us-gov-west-1a'),
  },
  {
    names: ['ip', 'x-forwarded-for'],
    make: (chance) => `10.${chance.below(256)}.${chance.below(256)}.${chance.below(256)}`,
  },
  {
    names: ['content-type', 'mime'],
    make: one(
      'application/vnd.github.v3+json',
      'application/x-www-form-urlencoded',
      'text/event-stream',
    ),
  },
  { names: ['account', 'customer', 'user_ref'], make: (chance) => `acct_${chance.of(base62, 16)}` },
  {
    names: ['sec-websocket-accept', 'sec-websocket-key'],
    make: (chance) => chance.bytes(20).toString('base64'),
  },
  { names: ['public_key', 'n', 'x5c'], make: (chance) => chance.bytes(64).toString('base64url') },
  {
    names: ['error_uri'],
    make: (chance) =>
      `https://login.microsoftonline.com/error?code=${50000 + chance.below(700000)}`,
  },
  { names: ['status', 'auth'], make: one('expired', 'required', 'basic', 'anonymous', 'missing') },
  {
    names: ['phone_code', 'airport', 'currency', 'sku'],
    make: (chance) => `${chance.of(upper, 3)}-${chance.below(9000)}`,
  },
  {
    names: ['arn', 'role'],
    make: (chance) => `arn:aws:iam::${chance.of(digits, 12)}:role/${word(chance)}-Reader2`,
  },
]
