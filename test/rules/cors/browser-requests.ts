/** Preflights of a browser client, and what they are answered. */

export const allowed = '< access-control-allow-origin: https://app.example'

export function preflight(
  url: string,
  answer: string,
  fields = 'authorization, content-type',
): string {
  return `
> OPTIONS ${url}
> origin: https://app.example
> access-control-request-method: POST
> access-control-request-headers: ${fields}

< HTTP/1.1 ${answer}
`
}

export const call = `
> POST https://mcp.example/mcp
> origin: https://app.example

{"jsonrpc":"2.0","id":1,"method":"initialize"}

< HTTP/1.1 401 Unauthorized
< www-authenticate: Bearer
`

export const noFields = `204 No Content\n${allowed}`
