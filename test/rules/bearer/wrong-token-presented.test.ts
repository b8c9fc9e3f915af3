import rule from '../../../rules/bearer/wrong-token-presented.ts'
import { testExamples } from '../examples.ts'
import * as flow from '../whole-flow.ts'

const refused = '< HTTP/1.1 401 Unauthorized\n< www-authenticate: Bearer error="invalid_token"'
const use = (token: string, answer = refused) => flow.call('tools/list', token, answer)
const idToken = flow.jwt({ aud: flow.clientId, nonce: 'n', at_hash: 'h' })
const foreignMetadata = flow.get(
  'https://login.example/.well-known/oauth-authorization-server',
  flow.json(
    flow.serverDocument({
      issuer: 'https://login.example',
      token_endpoint: 'https://login.example/token',
    }),
  ),
)
const jag = '${jwt {"typ":"oauth-id-jag+jwt","alg":"RS256"} {"aud":"https://as.example"}}'
const exchange = `
> POST https://idp.example/token
> content-type: application/x-www-form-urlencoded

grant_type=urn:ietf:params:oauth:grant-type:token-exchange&requested_token_type=urn:ietf:params:oauth:token-type:id-jag&subject_token=${idToken}

< HTTP/1.1 200 OK

{"issued_token_type":"urn:ietf:params:oauth:token-type:id-jag","access_token":"${jag}","token_type":"N_A"}
`

testExamples(rule, {
  good: [
    { name: 'a whole login', http: flow.flowWith() },
    {
      name: 'the issuer is listed with a slash at its end',
      http: flow.flowWith({
        resourceMetadata: flow.get(
          flow.metadataUrl,
          flow.json(flow.resourceDocument({ authorization_servers: [`${flow.issuer}/`] })),
        ),
      }),
    },
    {
      name: 'the metadata is that of the listed server, and names another issuer (Entra, for all tenants)',
      http: flow.flowWith({
        serverMetadata: flow.get(
          `${flow.issuer}/.well-known/oauth-authorization-server`,
          flow.json(flow.serverDocument({ issuer: 'https://as.example/{tenantid}/v2.0' })),
        ),
      }),
    },
  ],
  bad: [
    {
      name: 'the refresh token',
      http: flow.flowUpTo('token') + use(flow.secret('rt_ one')),
      expect: { variant: 'refresh-token', severity: 'error' },
    },
    {
      name: 'the code',
      http: flow.flowUpTo('token') + use(flow.secret('code_ one')),
      expect: { variant: 'code' },
    },
    {
      name: 'the client secret',
      http:
        flow
          .flowUpTo('token')
          .replace(
            '"client_id":"client-7"',
            `"client_id":"client-7","client_secret":"${flow.secret('cs_')}"`,
          ) + use(flow.secret('cs_')),
      expect: { variant: 'client-secret' },
    },
    {
      name: 'an ID token that was issued out of sight, and is accepted',
      http: flow.flowUpTo('token') + use(idToken, flow.json({ jsonrpc: '2.0', id: 2, result: {} })),
      expect: { variant: 'id-token', severity: 'warning' },
    },
    {
      name: 'the ID-JAG in place of what it is exchanged for',
      http: exchange + use(jag),
      expect: { variant: 'id-jag', severity: 'error' },
    },
    {
      name: 'an ID-JAG that was issued out of sight',
      http: use(jag),
      expect: { variant: 'id-jag' },
    },
    {
      name: 'a token of an authorization server that is not listed',
      http: [
        flow.flowUpTo('resourceMetadata'),
        foreignMetadata,
        flow.healthy.token.replace('https://as.example/token', 'https://login.example/token'),
        use(flow.firstToken),
      ].join('\n'),
      expect: { variant: 'foreign-as', severity: 'error' },
    },
  ],
})
