/** The parts of a whole flow, each the transcript of one exchange or a few. A variant replaces the parts that differ. */

export const metadataUrl = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'
export const endpoint = 'https://mcp.example/mcp'
export const issuer = 'https://as.example'
export const redirectUri = 'http://127.0.0.1:41234/callback'
export const clientId = 'client-7'
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const encode = encodeURIComponent

/** An access token: a placeholder that the transcript reader fills in. The transcripts' clock begins at 1767268800. */
export function jwt(claims: Record<string, unknown> = {}): string {
  const all = {
    iss: issuer,
    sub: 'user-1',
    aud: endpoint,
    client_id: clientId,
    scope: 'mcp:tools',
    iat: 1767268800,
    exp: 1767272400,
    jti: 'one',
    ...claims,
  }
  return `\${jwt ${JSON.stringify(all)}}`
}

export function secret(words: string): string {
  return `\${secret ${words}}`
}

export const firstToken = jwt()
export const secondToken = jwt({ jti: 'two' })

const mcpFields = `> content-type: application/json
> accept: application/json, text/event-stream`

const initialize =
  '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"client","version":"1.0"}}}'

/** The opening request, without a token, and its answer. */
export function opening(answer: string, body = initialize): string {
  return `
> POST ${endpoint}
${mcpFields}

${body}

${answer}
`
}

export function challenge(field: string): string {
  return `< HTTP/1.1 401 Unauthorized
< www-authenticate: ${field}
< content-type: application/json
< cache-control: no-store

{"error":"authorization is required"}`
}

/** A GET for metadata. */
export function get(url: string, answer: string): string {
  return `
> GET ${url}
> accept: application/json
> mcp-protocol-version: 2025-11-25

${answer}
`
}

/** A JSON answer. Placeholders among its values are written out as such. */
export function json(value: unknown, status = '200 OK', fields = ''): string {
  return `< HTTP/1.1 ${status}
< content-type: application/json
< cache-control: no-store${fields}

${unescaped(JSON.stringify(value))}`
}

/** A placeholder holds quotation marks of its own, which are no part of the string around it. */
function unescaped(text: string): string {
  return text.replaceAll(/\$\{jwt .*?\}\}/g, (placeholder) => placeholder.replaceAll('\\"', '"'))
}

export const notFound = '< HTTP/1.1 404 Not Found\n< content-type: text/plain\n\nNot Found'

export function resourceDocument(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    resource: endpoint,
    authorization_servers: [issuer],
    scopes_supported: ['mcp:tools'],
    bearer_methods_supported: ['header'],
    ...changes,
  }
}

export function serverDocument(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: ['mcp:tools'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    ...changes,
  }
}

/** Parameters as a query or a form has them, with placeholders as they are. */
function encoded(params: Record<string, string | undefined>): string {
  return Object.entries(params)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${value.startsWith('${') ? value : encode(value)}`)
    .join('&')
}

const asked = {
  response_type: 'code',
  client_id: clientId,
  redirect_uri: redirectUri,
  state: 'Zm9vYmFyYmF6cXV4',
  code_challenge: `\${s256 ${verifier}}`,
  code_challenge_method: 'S256',
  scope: 'mcp:tools',
  resource: endpoint,
}

export function authorize(changes: Record<string, string | undefined> = {}): string {
  return `
# handed-over client=browser
> GET ${issuer}/authorize?${encoded({ ...asked, ...changes })}
`
}

/** An authorization request whose parameters were pushed before (RFC 9126). */
export function pushed(): string {
  const reference = 'urn:ietf:params:oauth:request_uri:1'
  return `
> POST ${issuer}/par
> content-type: application/x-www-form-urlencoded
> accept: application/json

${encoded(asked)}

${json({ request_uri: reference, expires_in: 60 }, '201 Created')}

# handed-over client=browser
> GET ${issuer}/authorize?${encoded({ client_id: clientId, request_uri: reference })}
`
}

/** A token request with these parameters beside those of every client, and its answer. */
export function tokenRequest(
  form: Record<string, string | undefined>,
  answer: string,
  fields = '',
): string {
  return `
> POST ${issuer}/token
> content-type: application/x-www-form-urlencoded
> accept: application/json${fields}

${encoded(form)}

${answer}
`
}

export const redemption = {
  grant_type: 'authorization_code',
  code: secret('code_ one'),
  redirect_uri: redirectUri,
  client_id: clientId,
  code_verifier: verifier,
  resource: endpoint,
}

export function tokens(access: string, refresh: string): string {
  return `< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"${access}","token_type":"Bearer","expires_in":3600,"scope":"mcp:tools","refresh_token":"${refresh}"}`
}

/** A call with a token in the session that initialize opened. */
export function call(method: string, token: string, answer?: string, params = '{}'): string {
  return `
> POST ${endpoint}
${mcpFields}
> authorization: Bearer ${token}
> mcp-session-id: session-1
> mcp-protocol-version: 2025-11-25

{"jsonrpc":"2.0","id":2,"method":"${method}","params":${params}}

${answer ?? json({ jsonrpc: '2.0', id: 2, result: { tools: [] } })}
`
}

/** initialize with a token. */
export function sessionStart(token: string, answer?: string): string {
  const result = {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'server', version: '1.0' },
  }
  return `
> POST ${endpoint}
${mcpFields}
> authorization: Bearer ${token}

${initialize}

${answer ?? json({ jsonrpc: '2.0', id: 1, result }, '200 OK', '\n< mcp-session-id: session-1')}

> POST ${endpoint}
${mcpFields}
> authorization: Bearer ${token}
> mcp-session-id: session-1
> mcp-protocol-version: 2025-11-25

{"jsonrpc":"2.0","method":"notifications/initialized"}

< HTTP/1.1 202 Accepted
`
}

const registered = {
  client_name: 'client',
  application_type: 'native',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
  scope: 'mcp:tools',
}

/** The parts of a flow in which nothing is wrong, in their order. */
export const healthy = {
  challenge: opening(challenge(`Bearer resource_metadata="${metadataUrl}", scope="mcp:tools"`)),
  resourceMetadata: get(metadataUrl, json(resourceDocument())),
  serverMetadata: get(`${issuer}/.well-known/oauth-authorization-server`, json(serverDocument())),
  registration: `
> POST ${issuer}/register
> content-type: application/json
> accept: application/json

${JSON.stringify(registered)}

${json({ ...registered, client_id: clientId, client_id_issued_at: 1767268803 }, '201 Created')}
`,
  authorize: authorize(),
  callback: `
# handed-over client=browser
> GET ${redirectUri}?code=${secret('code_ one')}&state=Zm9vYmFyYmF6cXV4&iss=${encode(issuer)}
`,
  token: tokenRequest(redemption, tokens(firstToken, secret('rt_ one'))),
  initialize: sessionStart(firstToken),
  list: call('tools/list', firstToken),
  refresh: tokenRequest(
    {
      grant_type: 'refresh_token',
      refresh_token: secret('rt_ one'),
      client_id: clientId,
      resource: endpoint,
    },
    tokens(secondToken, secret('rt_ two')),
  ),
  call: call(
    'tools/call',
    secondToken,
    json({ jsonrpc: '2.0', id: 2, result: { content: [{ type: 'text', text: 'hello' }] } }),
    '{"name":"echo","arguments":{"text":"hello"}}',
  ),
}

export type Part = keyof typeof healthy

/** The healthy flow with some parts replaced; an empty part does not happen. */
export function flowWith(changes: Partial<Record<Part, string>> = {}): string {
  return Object.values({ ...healthy, ...changes }).join('\n')
}

/** The flow up to and with this part. */
export function flowUpTo(last: Part, changes: Partial<Record<Part, string>> = {}): string {
  const names = Object.keys(healthy) as Part[]
  const kept = names.slice(0, names.indexOf(last) + 1)
  const all = { ...healthy, ...changes }
  return kept.map((name) => all[name]).join('\n')
}
