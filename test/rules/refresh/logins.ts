/** Logins that give a refresh token, and refreshes of it. */

export const server = (members: string) => `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example",${members}}
`

export const login = (members: string, params = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=app${params}

          < HTTP/1.1 200 OK

          {"token_type":"Bearer",${members}}
`

export const refresh = (answer: string, params = '') => `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=refresh_token&refresh_token=r1&client_id=app${params}

          ${answer}
`

export const renewed = (members: string) =>
  `< HTTP/1.1 200 OK\n\n          {"token_type":"Bearer","refresh_token":"r2",${members}}`

export const token = (name: string) => `"access_token":"\${secret at_ ${name}}"`
