/** Authorization requests and responses, healthy but for what a test changes in them. */

export const back = 'http://127.0.0.1:1/cb'

export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export const usual = {
  response_type: 'code',
  client_id: 'app',
  redirect_uri: back,
  state: 'a-state-of-some-length',
  code_challenge: challenge,
  code_challenge_method: 'S256',
}

export type Params = Record<string, string | undefined>

export const query = (params: Params) =>
  new URLSearchParams(
    Object.entries(params).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString()

export const authorize = (changes: Params = {}, answer = '', more = '') => `
${answer === '' ? '# handed-over\n' : ''}> GET https://as.example/authorize?${query({ ...usual, ...changes })}${more}

${answer}
`

export const hidden = authorize({ request: 'jar' })

export const callback = (params: Params) => `
# handed-over
> GET ${back}?${query(params)}
`

export const metadata = (members = '', endpoint = 'https://as.example/authorize') => `
> GET https://as.example/.well-known/oauth-authorization-server

< HTTP/1.1 200 OK
< content-type: application/json

{"issuer":"https://as.example","authorization_endpoint":"${endpoint}"${members}}
`

export const blind = (leg: string) => ({ outcome: 'blind', leg, findings: [] })

export const theRequest = blind('the authorization request')
