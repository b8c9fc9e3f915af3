/** Calls that are refused, and searches for metadata after them. */

export const url = 'https://mcp.example/.well-known/oauth-protected-resource/mcp'

export function call(answer: string, about = '', fields = '') {
  const more = fields === '' ? '' : `${fields}\n`
  return `\n${about}> POST https://mcp.example/mcp\n${more}\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}\n\n${answer}\n`
}

export function refused(field?: string, status = '401 Unauthorized') {
  const line = field === undefined ? '' : `\n< www-authenticate: ${field}`
  return call(`< HTTP/1.1 ${status}${line}`)
}

export function probe(answer: string, at = url) {
  return `\n> GET ${at}\n\n${answer}\n`
}

export const lost = probe('< HTTP/1.1 404 Not Found')

export const lostAtRoot = probe(
  '< HTTP/1.1 404 Not Found',
  'https://mcp.example/.well-known/oauth-protected-resource',
)

export const accepted = call('< HTTP/1.1 200 OK', '', '> authorization: Bearer ${secret at_ one}')
