/** A registration of a redirect URI, and a request that asks for one. */

export const registered = (uri: string) => `
  > POST https://as.example/register
  > content-type: application/json

  {"redirect_uris":["${uri}"]}

  < HTTP/1.1 201 Created

  {"client_id":"app","redirect_uris":["${uri}"]}
`

export const asks = (uri: string, answer: string, client = 'app') => `
  > GET https://as.example/authorize?response_type=code&client_id=${encodeURIComponent(client)}&state=s1&redirect_uri=${encodeURIComponent(uri)}

  ${answer}
`

export const page = (status: string, words: string) => `< HTTP/1.1 ${status}\n\n  ${words}`

export const handedOver = (uri: string) => `
  # handed-over
  > GET https://as.example/authorize?response_type=code&client_id=app&state=s1&redirect_uri=${encodeURIComponent(uri)}
`
