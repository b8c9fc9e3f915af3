/** Authorization and token requests, with the challenge and the verifier that a test gives them. */
import { createHash } from 'node:crypto'
import type { run } from '../run.ts'

export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

export const s256 = (text: string) => createHash('sha256').update(text).digest('base64url')

/** What stands in a redacted capture that tells nothing of the value. */
export const removed = '‹code_verifier:86d784994e39ed61›'

export const query = (params: Record<string, string>) => new URLSearchParams(params).toString()

export const authorize = (params: Record<string, string> = {}) => `
# handed-over
> GET https://as.example/authorize?${query({ response_type: 'code', client_id: 'app', state: 's1', ...params })}
`

export const asked = authorize({ code_challenge: s256(verifier), code_challenge_method: 'S256' })

export const hidden = authorize({ request: 'jar' })

export const callback = '\n# handed-over\n> GET http://127.0.0.1:1/cb?code=c1&state=s1\n'

const issued = '< HTTP/1.1 200 OK\n\n{"access_token":"${secret at_ one}","token_type":"Bearer"}'

export const refused = (error: string, words = '') =>
  `< HTTP/1.1 400 Bad Request\n\n{"error":"${error}","error_description":"${words}"}`

export const redeem = (sent: string | undefined, answer = issued) => `
> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

${query({ grant_type: 'authorization_code', code: 'c1', client_id: 'app', ...(sent === undefined ? {} : { code_verifier: sent }) })}

${answer}
`

export const variants = (result: ReturnType<typeof run>) =>
  result.findings.map(({ variant }) => variant)
