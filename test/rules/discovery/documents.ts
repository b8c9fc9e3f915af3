/** Server metadata that is whole but for what a test changes in it. */

export const whole = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/a',
  token_endpoint: 'https://as.example/t',
  response_types_supported: ['code'],
}

export const served = (
  document: unknown,
  name = 'oauth-authorization-server',
  status = '200 OK',
) => `
> GET https://as.example/.well-known/${name}

< HTTP/1.1 ${status}

${JSON.stringify(document)}
`
