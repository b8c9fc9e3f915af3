import rule from '../../../rules/security/unsafe-url-in-metadata.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

const server = (changes: Record<string, unknown>) =>
  flow.get(
    `${flow.issuer}/.well-known/oauth-authorization-server`,
    flow.json(flow.serverDocument(changes)),
  )
const bad = (name: string, url: string, variant: string) => ({
  name,
  http: server({ authorization_endpoint: url }),
  expect: { variant, severity: 'error' as const },
})

testExamples(rule, {
  good: [
    { name: 'a whole login', http: flow.flowWith() },
    {
      name: 'encoded characters, a port, a query and a template',
      http: server({
        authorization_endpoint: 'https://as.example:8443/a%20b;v=1/{tenant}?x=$1&y=(z)',
        service_documentation: 'https://as.example/docs#it',
      }),
    },
    {
      name: 'local development',
      http: flow.get(
        'http://localhost:3000/.well-known/oauth-protected-resource',
        flow.json(flow.resourceDocument({ authorization_servers: ['http://localhost:3001'] })),
      ),
    },
  ],
  bad: [
    bad('a file', 'file:///etc/passwd', 'file'),
    bad('data', 'data:text/html,hello', 'script-scheme'),
    bad('another program', 'ms-msdt:/id', 'custom-scheme'),
    bad('a user name that looks like the host', 'https://as.example@evil.example/a', 'userinfo'),
    bad('a command behind a bar', 'https://as.example/a|calc', 'metacharacters'),
    {
      name: 'a page for people',
      http: server({ service_documentation: 'file:///usr/share/doc' }),
      expect: { variant: 'file', severity: 'warning' },
    },
    {
      name: 'a server of the resource that is the metadata service of a cloud',
      http: flow.get(
        flow.metadataUrl,
        flow.json(flow.resourceDocument({ authorization_servers: ['http://169.254.169.254/'] })),
      ),
      expect: { variant: 'ssrf-target', fault: 'resource-server' },
    },
    {
      name: 'a redirect into the network of the client',
      http: flow.get(flow.metadataUrl, '< HTTP/1.1 302 Found\n< location: http://10.0.0.7/admin'),
      expect: { variant: 'redirect-to-private', fault: 'resource-server' },
    },
  ],
})
