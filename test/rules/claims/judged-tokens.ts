/** Logins that end with a JWT of given claims, and calls that refuse it. */

export const jwt = (claims: object) => `\${jwt ${JSON.stringify(claims)}}`

export const call = (token: string, answer: string) => `
> POST https://mcp.example/mcp
> authorization: Bearer ${token}

{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}

${answer}
`

export const refused = (words: string) =>
  `< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token", error_description="${words}"`

const metadata = (named: string) => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"https://mcp.example/mcp","authorization_servers":["${named}"]}

> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK

{"issuer":"${named}","token_endpoint":"https://as.example/token"}
`

export const issue = (token: string, fields = '') => `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app

< HTTP/1.1 200 OK${fields}

{"access_token":"${token}","token_type":"Bearer"}
`

/** A token that is issued and refused in these words. */
export const login = (claims: object, words: string, named = 'https://as.example') =>
  metadata(named) + issue(jwt(claims)) + call(jwt(claims), refused(words))
