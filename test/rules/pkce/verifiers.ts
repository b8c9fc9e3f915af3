/** Logins whose verifier belongs, or does not, to the challenge of the request that gave the code. */
import { createHash } from 'node:crypto'

export const verifier = 'The-verifier-is-43-characters-or-longer+than~that'

export function s256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('base64url')
}

interface Asked {
  readonly challenge?: string
  readonly method?: string
  readonly state?: string
  readonly more?: string
}

export function authorize({
  challenge = s256(verifier),
  method = 'S256',
  state = 's1',
  more = '',
}: Asked) {
  const pkce = challenge === '' ? '' : `&code_challenge=${encodeURIComponent(challenge)}`
  const how = method === '' ? '' : `&code_challenge_method=${method}`
  return `\n# handed-over\n> GET https://as.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=${state}${pkce}${how}${more}\n`
}

export const callback = '\n# handed-over\n> GET http://127.0.0.1:1/cb?code=c1&state=s1\n'

export const refusal = '< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_grant"}'

export const success =
  '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'

export function redeem(sent: string | undefined, answer = refusal, query = '') {
  const form = sent === undefined ? '' : `&code_verifier=${encodeURIComponent(sent)}`
  return `\n> POST https://as.example/token${query}\n\ngrant_type=authorization_code&code=c1&client_id=app${form}\n\n${answer}\n`
}
