import rule from '../../../rules/registration/method-not-negotiated.ts'
import { testExamples } from '../examples.ts'

/** Server metadata that takes documents and lists these methods. */
function server(methods: string, more = ''): string {
  return `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","client_id_metadata_document_supported":true,"token_endpoint_auth_methods_supported":${methods}${more}}`
}

/** A client that is a document begins a login. */
const begin = `
          # handed-over
          > GET https://as.example/authorize?response_type=code&client_id=https%3A%2F%2Fapp.example%2Fclient.json&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=s1`

const code = `
          # handed-over
          > GET https://app.example/cb?code=c1&state=s1`

function document(members: string): string {
  return `
          > GET https://app.example/client.json

          < HTTP/1.1 200 OK

          {"client_id":"https://app.example/client.json",${members}}`
}

const refused = `
          > POST https://as.example/token
          > content-type: application/x-www-form-urlencoded

          grant_type=authorization_code&code=c1&client_id=https%3A%2F%2Fapp.example%2Fclient.json

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`

testExamples(rule, {
  good: [
    {
      name: 'a document with both members of SEP-3149, of which one is listed',
      http: `${server('["private_key_jwt"]')}
${begin}
${document('"token_endpoint_auth_method":"none","token_endpoint_auth_methods_supported":["none","private_key_jwt"],"jwks_uri":"https://app.example/jwks"')}`,
    },
    {
      name: 'a server of documents that lists "none"',
      http: `${server('["none"]')}
${begin}
${code}`,
    },
    {
      name: 'only secrets for documents, and a registration endpoint beside them',
      http: `
          \${opening only challenge}
${server('["client_secret_post"]', ',"registration_endpoint":"https://as.example/register"')}`,
    },
    {
      name: 'a client that asked for none is given a secret, and no word about the method',
      http: `${server('["client_secret_post"]')}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["https://app.example/cb"],"token_endpoint_auth_method":"none"}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","redirect_uris":["https://app.example/cb"]}`,
    },
    {
      name: 'a client that promised a key is given a secret to use in its place',
      http: `${server('["client_secret_post"]')}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["https://app.example/cb"],"token_endpoint_auth_method":"private_key_jwt"}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"client_secret_post","redirect_uris":["https://app.example/cb"]}`,
    },
  ],
  bad: [
    {
      name: 'keys are listed, and "none" is taken all the same',
      http: `${server('["private_key_jwt"]')}
${begin}
${document('"token_endpoint_auth_method":"none"')}
${refused.replace('401 Unauthorized', '200 OK').replace('"error":"invalid_client"', '"access_token":"${secret at_}","token_type":"Bearer"')}`,
      expect: { variant: 'none-not-listed', severity: 'warning', fault: 'authorization-server' },
    },
    {
      name: 'documents are taken and only secrets listed: the client stops after the code',
      http: `${server('["client_secret_basic"]')}
${begin}
${code}`,
      expect: { variant: 'none-not-listed', severity: 'error', fault: 'authorization-server' },
    },
    {
      name: 'the same, and the client goes on and gets in',
      http: `${server('["client_secret_basic"]')}
${begin}
${code}
${refused.replace('401 Unauthorized', '200 OK').replace('"error":"invalid_client"', '"access_token":"${secret at_}","token_type":"Bearer"')}`,
      expect: { variant: 'none-not-listed', severity: 'warning', fault: 'authorization-server' },
    },
    {
      name: 'documents alone, keys alone: a client without a key stops',
      http: `
          \${opening only challenge}
${server('["private_key_jwt"]')}`,
      expect: { variant: 'none-not-listed', severity: 'error', fault: 'undetermined' },
    },
    {
      name: 'keys are listed, and the client does without',
      http: `${server('["private_key_jwt"]')}
${begin}
${document('"token_endpoint_auth_method":"none"')}
${refused}`,
      expect: { variant: 'none-not-listed', severity: 'error', fault: 'client' },
    },
    {
      name: 'a key is handed out where only secrets are listed',
      http: `${server('["client_secret_post"]')}

          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["https://app.example/cb"],"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example/jwks"}

          < HTTP/1.1 201 Created

          {"client_id":"app","token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example/jwks"}`,
      expect: { variant: 'private-key-jwt-not-listed', severity: 'warning' },
    },
    {
      name: 'a document promises a key and names none',
      http: `${begin}
${document('"token_endpoint_auth_method":"private_key_jwt"')}`,
      expect: { variant: 'no-jwks', severity: 'warning', fault: 'client' },
    },
    {
      name: 'the document says one method, the token request uses another',
      http: `${begin}
${document('"token_endpoint_auth_method":"private_key_jwt","jwks_uri":"https://app.example/jwks"')}
${code}
${refused}`,
      expect: { variant: 'document-and-request-differ', severity: 'error', fault: 'client' },
    },
  ],
})
