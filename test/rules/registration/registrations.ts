/** Registrations, and what they are answered. */

/** A registration with this body, and what is answered. */
export function registration(
  sent: string,
  answer = '< HTTP/1.1 201 Created',
  received = '',
): string {
  return `
          > POST https://as.example/register
          > content-type: application/json

          ${sent}

          ${answer}

          ${received === '' ? '{"client_id":"app"}' : received}
`
}

export const refused = '< HTTP/1.1 400 Bad Request'

export const badUri = '{"error":"invalid_redirect_uri"}'
