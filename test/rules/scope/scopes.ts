/** Where scopes are listed, asked for, granted and lacking. */

export const listing = (scopes: string) => `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","scopes_supported":${scopes}}
`

export const challenged = (scope: string) => `
          > POST https://mcp.example/mcp

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 401 Unauthorized
          < www-authenticate: Bearer scope="${scope}"
`

export const asks = (scope: string | undefined, answer = '< HTTP/1.1 200 OK') => `
          > GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s${scope === undefined ? '' : `&scope=${encodeURIComponent(scope)}`}

          ${answer}
`

export const invalidScope =
  '< HTTP/1.1 302 Found\n          < location: http://127.0.0.1:1/cb?error=invalid_scope&state=s'

export const token = (name: string, scope: string, members = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c${name}&client_id=app&scope=${encodeURIComponent(scope)}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_ ${name}}","token_type":"Bearer"${members}}
`

export const call = (name: string, answer: string, tool = 'write') => `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ ${name}}

          {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${tool}"}}

          ${answer}
`

export const lacks = (scope: string) =>
  `< HTTP/1.1 403 Forbidden\n          < www-authenticate: Bearer error="insufficient_scope", scope="${scope}"`

export const fine = '< HTTP/1.1 200 OK\n\n          {"jsonrpc":"2.0","id":1,"result":{}}'
