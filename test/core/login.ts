import type { Exchange } from '../../src/core/wire/exchange.ts'
import { parseTranscript } from '../../src/core/transcript/transcript.ts'

interface Variation {
  /** Sets state, code, tokens and client id apart from those of another login. */
  readonly suffix?: string
  readonly connection?: string
  /** What the resource metadata says. */
  readonly resource?: string
  /** What the token says. */
  readonly audience?: string
  /** The MCP server answers 401 to the token. */
  readonly refused?: boolean
}

/** A whole login with dynamic registration, calls, a refresh and another call. Ids begin with the suffix. */
export function login(variation: Variation = {}): Exchange[] {
  const { suffix = '', connection } = variation
  return parseTranscript(loginTranscript(variation)).map((exchange) => ({
    ...exchange,
    id: `${suffix}${exchange.id}`,
    ...(connection === undefined
      ? {}
      : { connection: isBrowser(exchange) ? 'browser' : connection }),
  }))
}

function isBrowser(exchange: Exchange): boolean {
  return exchange.handedOver === true
}

export function loginTranscript({
  suffix = 'x',
  resource = 'https://mcp.example/mcp',
  audience = 'https://mcp.example/mcp',
  refused = false,
}: Variation = {}): string {
  const claims = `{"iss":"https://as.example","sub":"user","aud":"${audience}","client_id":"client-${suffix}","exp":4000000000,"iat":1000000000,"jti":"${suffix}","scope":"mcp"}`
  const token = `\${jwt ${claims}}`
  const verifier = `verifier-of-${suffix}-with-enough-characters-to-be-valid`
  const redirect = `http://127.0.0.1:5${(suffix.charCodeAt(0) % 10) + 1000}/callback`
  const call = (method: string, bearer: string, answer: string) => `
> POST https://mcp.example/mcp
> authorization: Bearer ${bearer}
> content-type: application/json
> accept: application/json, text/event-stream
> mcp-protocol-version: 2025-11-25

{"jsonrpc":"2.0","id":1,"method":"${method}","params":{"protocolVersion":"2025-11-25"}}

${answer}
`
  const accepted = `< HTTP/1.1 200 OK
< content-type: application/json

{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","serverInfo":{"name":"s","version":"1"}}}`
  const challenge = `< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer error="invalid_token", error_description="audience", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"`
  const first = `
> POST https://mcp.example/mcp
> content-type: application/json
> accept: application/json, text/event-stream

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp", scope="mcp"

> GET https://mcp.example/.well-known/oauth-protected-resource/mcp
> mcp-protocol-version: 2025-11-25

< HTTP/1.1 200 OK
< content-type: application/json

{"resource":"${resource}","authorization_servers":["https://as.example"],"scopes_supported":["mcp"]}

> GET https://as.example/.well-known/oauth-authorization-server
> mcp-protocol-version: 2025-11-25

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","registration_endpoint":"https://as.example/register","response_types_supported":["code"],"grant_types_supported":["authorization_code","refresh_token"],"code_challenge_methods_supported":["S256"],"token_endpoint_auth_methods_supported":["none"],"authorization_response_iss_parameter_supported":true,"scopes_supported":["mcp"]}

> POST https://as.example/register
> content-type: application/json

{"client_name":"c","redirect_uris":["${redirect}"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none","application_type":"native","scope":"mcp"}

< HTTP/1.1 201 Created
< content-type: application/json
< cache-control: no-store

{"client_id":"client-${suffix}","client_name":"c","redirect_uris":["${redirect}"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none","application_type":"native","scope":"mcp"}

# handed-over
> GET https://as.example/authorize?response_type=code&client_id=client-${suffix}&redirect_uri=${encodeURIComponent(redirect)}&state=state-of-${suffix}&code_challenge=\${s256 ${verifier}}&code_challenge_method=S256&resource=${encodeURIComponent(resource)}&scope=mcp

# handed-over
> GET ${redirect}?code=code-of-${suffix}&state=state-of-${suffix}&iss=https%3A%2F%2Fas.example

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded
> accept: application/json

grant_type=authorization_code&code=code-of-${suffix}&code_verifier=${verifier}&redirect_uri=${encodeURIComponent(redirect)}&client_id=client-${suffix}&resource=${encodeURIComponent(resource)}

< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"${token}","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-one-of-${suffix}","scope":"mcp"}
`
  if (refused) return `${first}${call('initialize', token, challenge)}`
  const renewed = `\${jwt ${claims.replace('"jti":"', '"jti":"second-')}}`
  return `${first}${call('initialize', token, accepted)}${call('tools/list', token, accepted)}
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded
> accept: application/json

grant_type=refresh_token&refresh_token=refresh-one-of-${suffix}&client_id=client-${suffix}&resource=${encodeURIComponent(resource)}

< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"${renewed}","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-two-of-${suffix}","scope":"mcp"}
${call('tools/call', renewed, accepted)}`
}
