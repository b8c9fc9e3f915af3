/** Logins that give a refresh token, and calls after its access token has expired. */

export const login = (members: string, params = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app${params}

          < HTTP/1.1 200 OK

          {"token_type":"Bearer",${members}}
`

export const token = (name: string) => `"access_token":"\${secret at_ ${name}}"`

export const called = `
          > POST https://mcp.example/mcp
          > authorization: Bearer \${secret at_ one}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          < HTTP/1.1 200 OK
`

export const revoked = `
          > POST https://as.example/revoke
          > content-type: application/x-www-form-urlencoded

          token=r1&token_type_hint=refresh_token&client_id=app

          < HTTP/1.1 200 OK
`

export const later = (params = '') => `
          # at 23:00:00 handed-over
          > GET https://as.example/authorize?response_type=code&client_id=app&state=s2${params}
`
