import rule from '../../../rules/discovery/asm-required-field-missing.ts'
import { testExamples } from '../examples.ts'

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
