import type { Line } from './lines.ts'
import { TranscriptError, trimmed } from './lines.ts'

/**
 * The parts of a login in which nothing is wrong, each named after its kind of step, and the refresh after it. The client
 * `app` works for https://mcp.example/mcp with https://as.example and is called back at http://127.0.0.1:5000/cb, with the
 * state s1, the verifier v1, the code c1, the access token `${secret at_}` and the refresh token r1.
 */
const parts = {
  challenge: `
> POST https://mcp.example/mcp
> content-type: application/json
> accept: application/json, text/event-stream

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp"
`,
  'resource-metadata': `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp
> accept: application/json

< HTTP/1.1 200 OK
< content-type: application/json

{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example"]}
`,
  'server-metadata': `
> GET https://as.example/.well-known/oauth-authorization-server
> accept: application/json

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize","token_endpoint":"https://as.example/token","registration_endpoint":"https://as.example/register","response_types_supported":["code"],"grant_types_supported":["authorization_code","refresh_token"],"token_endpoint_auth_methods_supported":["none"],"code_challenge_methods_supported":["S256"]}
`,
  registration: `
> POST https://as.example/register
> content-type: application/json
> accept: application/json

{"redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"]}

< HTTP/1.1 201 Created
< content-type: application/json

{"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"]}
`,
  authorize: `
# handed-over
> GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1&code_challenge=\${s256 v1}&code_challenge_method=S256&resource=https%3A%2F%2Fmcp.example%2Fmcp
`,
  callback: `
# handed-over
> GET http://127.0.0.1:5000/cb?code=c1&state=s1
`,
  token: `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded
> accept: application/json

grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&code_verifier=v1&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"\${secret at_}","token_type":"Bearer","expires_in":3600,"refresh_token":"r1"}
`,
  mcp: `
> POST https://mcp.example/mcp
> content-type: application/json
> accept: application/json, text/event-stream
> authorization: Bearer \${secret at_}

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

< HTTP/1.1 200 OK
< content-type: application/json

{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"server","version":"1.0"}}}
`,
  refresh: `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded
> accept: application/json

grant_type=refresh_token&refresh_token=r1&client_id=app&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 200 OK
< content-type: application/json
< cache-control: no-store

{"access_token":"\${secret at_ 2}","token_type":"Bearer","expires_in":3600,"refresh_token":"r2"}
`,
}

type Part = keyof typeof parts

const names = Object.keys(parts) as Part[]

/**
 * What a line of a transcript stands for: the usual beginning of a login where it says so, else itself.
 *
 * - `${opening}`: the first call and its challenge, resource metadata, server metadata, registration
 * - `${opening until token}`: everything from the challenge to this part, which is the last
 * - `${opening only server-metadata token}`: these parts and no others
 * - `${opening until token unanswered}`: the last of the parts without its response, which the lines below may give
 *
 * It stands on a line of its own, where a request line could. What an annotation says of client and connection holds
 * for all its exchanges. Throws TranscriptError.
 */
export function opened(line: Line): Line[] | undefined {
  const words = /^\$\{opening(?: ([^}]*?))?( unanswered)?\}$/.exec(trimmed(line.text))
  if (words === null) return undefined
  const wanted = chosen(line, words[1] ?? 'until registration')
  return wanted.flatMap((part, index) => {
    const asked = words[2] !== undefined && index === wanted.length - 1
    const text = asked ? unanswered(part) : part
    return text.split('\n').map((text) => ({ number: line.number, text }))
  })
}

/** A part without its response. */
function unanswered(part: string): string {
  return part.replace('# handed-over\n', '').replace(/\n<[^]*$/, '')
}

function chosen(line: Line, words: string): string[] {
  const [word, ...named] = words.split(' ').filter(Boolean)
  const wanted = names.filter((name) => named.includes(name))
  if (wanted.length === named.length) {
    if (word === 'only' && wanted.length > 0) return wanted.map((name) => parts[name])
    if (word === 'until' && wanted.length === 1)
      return names.slice(0, names.indexOf(wanted[0]!) + 1).map((name) => parts[name])
  }
  throw new TranscriptError(
    `\${opening …} takes "until" and one part or "only" and some: ${names.join(', ')}`,
    line.number,
  )
}
