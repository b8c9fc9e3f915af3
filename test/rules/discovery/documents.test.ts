/** Rules on members of metadata. */
import { describe, expect, test } from 'vitest'
import missing from '../../../rules/discovery/asm-required-field-missing.ts'
import scheme from '../../../rules/discovery/metadata-http-scheme.ts'
import { run } from '../run.ts'

const whole = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/a',
  token_endpoint: 'https://as.example/t',
  response_types_supported: ['code'],
}
const served = (document: unknown, name = 'oauth-authorization-server', status = '200 OK') => `
> GET https://as.example/.well-known/${name}

< HTTP/1.1 ${status}

${JSON.stringify(document)}
`

describe('a member that is lacking', () => {
  test.each([
    ['issuer', 'issuer'],
    ['authorization_endpoint', 'authorization_endpoint'],
    ['token_endpoint', 'token_endpoint'],
    ['response_types_supported', 'response_types_supported'],
  ])('%s', (name, variant) => {
    const { findings } = run(missing, served({ ...whole, [name]: undefined }))
    expect(findings.map((one) => [one.variant, one.severity])).toEqual([[variant, 'error']])
  })

  test.each(['tokenEndpoint', 'token_endpiont', 'Token-Endpoint', 'token_endpoints'])(
    'token_endpoint may be spelled %s',
    (name) => {
      const { token_endpoint: url, ...rest } = whole
      const { findings } = run(missing, served({ ...rest, [name]: url }))
      expect(findings[0]?.message).toContain(`found "${name}"`)
    },
  )

  test.each(['userinfo_endpoint', 'token_url', 'endpoint'])('%s is not meant as it', (name) => {
    const { token_endpoint: url, ...rest } = whole
    const { findings } = run(missing, served({ ...rest, [name]: url }))
    expect(findings.map(({ variant }) => variant)).toEqual(['token_endpoint'])
  })

  test('token_endpoint is nothing to a server of implicit grants', () => {
    const document = { ...whole, token_endpoint: undefined, grant_types_supported: ['implicit'] }
    expect(run(missing, served(document)).outcome).toBe('pass')
  })

  test('is a warning when another place has the whole document', () => {
    const http = served({}) + served(whole, 'openid-configuration')
    const severities = run(missing, http).findings.map(({ severity }) => severity)
    expect(severities).toEqual(['warning', 'warning'])
  })

  test('is not looked for in what is no document', () => {
    expect(run(missing, served({ error: 'gone' }, undefined, '404 Not Found')).outcome).toBe(
      'silent',
    )
  })
})

describe('http', () => {
  const resource = (document: unknown) => `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 200 OK

${JSON.stringify(document)}
`

  test('on an internal host that the metadata points to is unprotected as well', () => {
    const { findings } = run(
      scheme,
      resource({
        resource: 'https://mcp.example/mcp',
        authorization_servers: ['http://keycloak:8080/realms/one'],
      }),
    )
    expect(findings.map(({ variant }) => variant)).toEqual(['issuer'])
  })

  test('in a resource on another host is left to the rule that names the host', () => {
    expect(run(scheme, resource({ resource: 'http://10.0.0.7/mcp' })).outcome).toBe('pass')
  })

  test('on a host that was reached over https, named by one that was not', () => {
    const { findings } = run(
      scheme,
      served(whole) +
        resource({
          resource: 'http://mcp.lab/mcp',
          authorization_servers: ['http://as.example'],
        }).replaceAll('https://mcp.example', 'http://mcp.lab'),
    )
    expect(findings.map(({ variant }) => variant)).toEqual(['issuer'])
  })

  test('in a redirect to another host is another matter', () => {
    const http = `
> GET https://mcp.example/.well-known/oauth-protected-resource/mcp

< HTTP/1.1 302 Found
< location: http://docs.example/`
    expect(run(scheme, http).outcome).toBe('silent')
  })
})
