/** Calls and metadata as they come through a gateway. */

export const call = (answer: string, token = '') => `
          > POST https://mcp.example/mcp${token === '' ? '' : `\n          > authorization: Bearer ${token}`}

          {"jsonrpc":"2.0","id":1,"method":"initialize"}

          ${answer}
`

export const challenge = (fields: string) => `< HTTP/1.1 401 Unauthorized\n          ${fields}`
