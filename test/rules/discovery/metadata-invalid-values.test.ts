import rule from '../../../rules/discovery/metadata-invalid-values.ts'
import { testExamples } from '../examples.ts'
import { resource, server } from './metadata.ts'

const goingOn = '\n\n  ${opening only registration}'

testExamples(rule, {
  good: [
    {
      name: 'a query in an endpoint',
      http: server({ token_endpoint: 'https://as.example/t?p=1' }),
    },
    { name: 'an unknown member of any type', http: server({ x_supported: 'yes', y_endpoint: 7 }) },
    {
      name: 'this resource is listed',
      http: `${resource({})}\n\n${server({ protected_resources: ['https://mcp.example/mcp'] })}`,
    },
    {
      name: 'a server without the code grant',
      http: server({
        grant_types_supported: ['client_credentials'],
        response_types_supported: ['none'],
      }),
    },
    {
      name: 'a required member that is null has a rule of its own',
      http: server({ token_endpoint: null }),
    },
  ],
  bad: [
    {
      name: 'a relative endpoint',
      http: server({ registration_endpoint: '/register' }),
      expect: { variant: 'relative-endpoint', severity: 'error' },
    },
    {
      name: 'a fragment',
      http: server({ registration_endpoint: 'https://as.example/#register' }) + goingOn,
      expect: { variant: 'fragment-in-endpoint', severity: 'warning' },
    },
    {
      name: 'a flag as text',
      http: server({ client_id_metadata_document_supported: 'true' }) + goingOn,
      expect: { variant: 'string-for-boolean' },
    },
    {
      name: 'an empty list',
      http: server({ scopes_supported: [] }),
      expect: { variant: 'empty-array', severity: 'info' },
    },
    {
      name: 'no code',
      http: server({ response_types_supported: ['token'] }),
      expect: { variant: 'code-not-supported', severity: 'error' },
    },
    {
      name: 'camel case',
      http: server({ registrationEndpoint: 'https://as.example/r' }),
      expect: { variant: 'misspelled-member' },
    },
    {
      name: 'a letter lost',
      http: server({ code_challenge_method_supported: ['S256'] }),
      expect: { variant: 'misspelled-member' },
    },
    {
      name: 'this resource is not listed',
      http: `${resource({})}\n\n${server({ protected_resources: ['https://other.example'] })}`,
      expect: { variant: 'resource-not-listed-by-as', fault: 'authorization-server' },
    },
    {
      name: 'tokens in the body only',
      http: resource({ bearer_methods_supported: ['body'] }) + goingOn,
      expect: { variant: 'header-method-missing', fault: 'resource-server', severity: 'warning' },
    },
  ],
})
