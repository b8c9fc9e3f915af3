/** Searches for metadata, and what they find. */

export const prm = 'https://mcp.example/.well-known/oauth-protected-resource'

export const asm = 'https://as.example/.well-known/oauth-authorization-server'

export function get(url: string, answer: string, about = '') {
  return `\n${about}> GET ${url}\n\n${answer}\n`
}

export function ok(document: unknown) {
  return `< HTTP/1.1 200 OK\n< content-type: application/json\n\n${JSON.stringify(document)}`
}

export const lost = '< HTTP/1.1 404 Not Found'

export function call(answer: string, version = '2025-11-25') {
  return `\n> POST https://mcp.example/mcp\n\n{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"${version}"}}\n\n${answer}\n`
}

export function challenge(field: string) {
  return call(`< HTTP/1.1 401 Unauthorized\n< www-authenticate: ${field}`)
}

export function resource(...servers: string[]) {
  return get(
    `${prm}/mcp`,
    ok({ resource: 'https://mcp.example/mcp', authorization_servers: servers }),
  )
}
