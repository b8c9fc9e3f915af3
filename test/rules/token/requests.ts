/** Token requests, and what they are answered. */
import type { run } from '../run.ts'

export const form = 'application/x-www-form-urlencoded'

export const code = 'grant_type=authorization_code&code=c1&client_id=app'

export const issued =
  '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'

export const refused = (status: string, body = '', fields = '') =>
  `< HTTP/1.1 ${status}${fields === '' ? '' : `\n< ${fields}`}${body === '' ? '' : `\n\n${body}`}`

export const error = (name: string) => refused('400 Bad Request', `{"error":"${name}"}`)

interface Request {
  readonly method?: string
  readonly type?: string
  readonly url?: string
  readonly about?: string
}

export const ask = (
  body: string,
  response: string,
  { method = 'POST', type = form, url = 'https://as.example/token', about = '' }: Request = {},
) => `
${about}> ${method} ${url}
${type === '' ? '' : `> content-type: ${type}\n`}
${body}

${response}
`

export const metadata = (host: string, members = '') => `
> GET https://${host}/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://${host}","authorization_endpoint":"https://${host}/authorize","token_endpoint":"https://${host}/token"${members}}
`

export const variants = (result: ReturnType<typeof run>) =>
  result.findings.map(({ variant }) => variant)
