/**
 * A place in an exchange, which the engine quotes and redacts: `response.status`, `request.header.authorization`,
 * `response.header.www-authenticate[1]` (the second of that name), `request.query.state`, `request.form.grant_type`,
 * `response.json/authorization_servers/0` (a JSON pointer), `response.jwt.aud` (of the token that was presented,
 * or issued), `request.proof.htu`, `request.assertion.aud`, `request.client-assertion.alg` (a claim, or where none is so
 * named a header parameter, of the DPoP proof and of what a token request holds). A place where nothing stands may be
 * named, to say what is absent.
 */
export type Place =
  | `${'request' | 'response'}.${'method' | 'url' | 'status' | 'body'}`
  | `${'request' | 'response'}.header.${string}`
  | `${'request' | 'response'}.query.${string}`
  | `${'request' | 'response'}.form.${string}`
  | `${'request' | 'response'}.json/${string}`
  | `${'request' | 'response'}.jwt.${string}`
  | `request.${'proof' | 'assertion' | 'client-assertion'}.${string}`
