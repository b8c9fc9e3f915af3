/** DPoP proofs, made and signed here, and requests that carry them. */
import { fill } from '../../../src/core/transcript/fill.ts'
import * as flow from '../whole-flow.ts'

type Values = Record<string, unknown>

export const jwk = JSON.parse(fill('${jwk}')) as Values

export const opaque = flow.secret('at_ dpop')

let number = 0

export function proof(url: string, claims: Values = {}, header: Values = {}): string {
  const all = { jti: `p${number++}`, htm: 'POST', htu: url, iat: 1767268800, ...claims }
  const head = { typ: 'dpop+jwt', alg: 'EdDSA', jwk, ...header }
  return `\n> dpop: \${jwt ${JSON.stringify(head)} ${JSON.stringify(all)}}`
}

export const tokenUrl = `${flow.issuer}/token`

export function redeem(
  fields = proof(tokenUrl),
  type = 'DPoP',
  token = opaque,
  form: Record<string, string> = {},
) {
  const answer = flow.json({
    access_token: token,
    token_type: type,
    expires_in: 3600,
    refresh_token: flow.secret('rt_ one'),
  })
  return flow.tokenRequest({ ...flow.redemption, ...form }, answer, fields)
}

export const refused =
  '< HTTP/1.1 401 Unauthorized\n< www-authenticate: DPoP algs="ES256", error="invalid_token"'

export const use = (http: string, fields = proof(flow.endpoint, { ath: `\${s256 ${opaque}}` })) =>
  http.replaceAll(/authorization: Bearer [^\n]*/g, () => `authorization: DPoP ${opaque}${fields}`)

export const call = (fields?: string, answer = refused) =>
  use(flow.call('tools/list', 'x', answer), fields)

/** A login with DPoP in which nothing is wrong. */
export const login = [
  flow.flowUpTo('callback'),
  redeem(),
  use(flow.sessionStart('x').split('\n\n> POST')[0]!),
  use(flow.call('tools/list', 'x')),
].join('\n')
