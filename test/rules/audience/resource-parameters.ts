/** Metadata, token requests and calls in which `resource` is spelled as a test says. */

export const metadata = (resource: string, more = '') => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

{"resource":"${resource}","authorization_servers":["https://as.example"]${more}}
`

export const redeem = (resource: string, answer: string, more = '') => `
> POST https://as.example/token

grant_type=authorization_code&code=c1&client_id=app&resource=${encodeURIComponent(resource)}${more}

${answer}
`

export const issued = (token: string) =>
  `< HTTP/1.1 200 OK\n\n{"access_token":"${token}","token_type":"Bearer"}`

export const call = (token: string, answer: string) => `
> POST https://mcp.example/mcp${token === '' ? '' : `\n> authorization: Bearer ${token}`}

{"jsonrpc":"2.0","id":1,"method":"tools/list"}

${answer}
`

export const result = '< HTTP/1.1 200 OK\n\n{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}'
