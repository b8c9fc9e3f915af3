import { describe, expect, test } from 'vitest'
import rule from '../../../rules/discovery/asm-required-field-missing.ts'
import { testExamples } from '../examples.ts'
import { run } from '../run.ts'
import { served, whole } from './documents.ts'

const endpoints = {
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  registration_endpoint: 'https://as.example/register',
  response_types_supported: ['code'],
}

testExamples(rule, {
  good: [
    {
      name: 'a server for machines alone needs no authorization endpoint',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","token_endpoint":"https://as.example/t","response_types_supported":[],"grant_types_supported":["client_credentials"]}`,
    },
    {
      name: 'a whole OpenID configuration',
      http: `
        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/a","token_endpoint":"https://as.example/t","jwks_uri":"https://as.example/k","response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}`,
    },
  ],
  bad: [
    ...[
      ['a client that goes on without the response types', 'warning', 'opening only registration'],
      [
        'a client that registers and finds no token endpoint',
        'error',
        'opening only registration',
        'token_endpoint',
      ],
    ].map(([name, severity, next, missing = 'response_types_supported']) => ({
      name: name!,
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        ${JSON.stringify({ ...endpoints, [missing]: undefined })}

        \${${next}}`,
      expect: { variant: missing, severity: severity as 'error' | 'warning' },
    })),
    {
      name: 'a member is there, misspelled',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","authorization_endpont":"https://as.example/a","token_endpoint":"https://as.example/t","response_types_supported":["code"]}`,
      expect: { variant: 'misspelled', severity: 'error' },
    },
    {
      name: 'an OpenID configuration with what RFC 8414 requires and no more',
      http: `
        > GET https://as.example/.well-known/openid-configuration

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/a","token_endpoint":"https://as.example/t","response_types_supported":["code"]}`,
      expect: { variant: 'oidc-members', severity: 'warning' },
    },
    {
      name: 'response_types_supported is null, and the client goes on without it',
      http: `
        > GET https://as.example/.well-known/oauth-authorization-server

        < HTTP/1.1 200 OK

        {"issuer":"https://as.example","authorization_endpoint":"https://as.example/a","token_endpoint":"https://as.example/t","response_types_supported":null}

        > POST https://as.example/t

        grant_type=authorization_code&code=c1

        < HTTP/1.1 200 OK

        {"access_token":"\${secret at_ one}","token_type":"Bearer"}`,
      expect: { variant: 'response_types_supported', severity: 'warning' },
    },
  ],
})

describe('a member that is lacking', () => {
  test.each([
    ['issuer', 'issuer'],
    ['authorization_endpoint', 'authorization_endpoint'],
    ['token_endpoint', 'token_endpoint'],
    ['response_types_supported', 'response_types_supported'],
  ])('%s', (name, variant) => {
    const { findings } = run(rule, served({ ...whole, [name]: undefined }))
    expect(findings.map((one) => [one.variant, one.severity])).toEqual([[variant, 'error']])
  })

  test.each(['tokenEndpoint', 'token_endpiont', 'Token-Endpoint', 'token_endpoints'])(
    'token_endpoint may be spelled %s',
    (name) => {
      const { token_endpoint: url, ...rest } = whole
      const { findings } = run(rule, served({ ...rest, [name]: url }))
      expect(findings[0]?.message).toContain(`found "${name}"`)
    },
  )

  test.each(['userinfo_endpoint', 'token_url', 'endpoint'])('%s is not meant as it', (name) => {
    const { token_endpoint: url, ...rest } = whole
    const { findings } = run(rule, served({ ...rest, [name]: url }))
    expect(findings.map(({ variant }) => variant)).toEqual(['token_endpoint'])
  })

  test('token_endpoint is nothing to a server of implicit grants', () => {
    const document = { ...whole, token_endpoint: undefined, grant_types_supported: ['implicit'] }
    expect(run(rule, served(document)).outcome).toBe('pass')
  })

  test('is a warning when another place has the whole document', () => {
    const http = served({}) + served(whole, 'openid-configuration')
    const severities = run(rule, http).findings.map(({ severity }) => severity)
    expect(severities).toEqual(['warning', 'warning'])
  })

  test('is not looked for in what is no document', () => {
    expect(run(rule, served({ error: 'gone' }, undefined, '404 Not Found')).outcome).toBe('silent')
  })
})
