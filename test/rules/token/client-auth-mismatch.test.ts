import rule from '../../../rules/token/client-auth-mismatch.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'a public client, although only secret methods are listed',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","token_endpoint":"https://as.example/token","token_endpoint_auth_methods_supported":["client_secret_post"]}

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
    {
      name: 'the method that was registered',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"client_secret_post"}

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&client_secret=\${secret cs_}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
    {
      name: 'an assertion made with the secret',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"client_secret_jwt"}

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&client_assertion=\${secret ca_}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
    {
      name: 'registered for a secret that was never given',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"],"token_endpoint_auth_method":"none"}

          < HTTP/1.1 201 Created

          {"client_id":"app","token_endpoint_auth_method":"client_secret_basic"}

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
    },
    {
      name: 'a token endpoint of another server than the metadata is of',
      http: `
          > GET https://as.example/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://as.example","token_endpoint":"https://as.example/token","token_endpoint_auth_methods_supported":["client_secret_post"]}

          > POST https://idp.example/token

          grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&client_id=app&subject_token=x&subject_token_type=y

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
    },
  ],
  bad: [
    {
      name: 'an empty secret',
      http: `
          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app&client_secret=

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
      expect: { variant: 'empty-secret', severity: 'error' },
    },
    {
      name: 'a secret that the server does not know',
      http: `
          > POST https://as.example/token
          > authorization: Basic YXBwOnNlY3JldA==

          grant_type=authorization_code&code=c1

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
      expect: { variant: 'wrong-secret', severity: 'error' },
    },
    {
      name: 'given a secret, and not using it',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app","client_secret":"\${secret cs_}","token_endpoint_auth_method":"client_secret_post"}

          > POST https://as.example/token

          grant_type=authorization_code&code=c1&client_id=app

          < HTTP/1.1 401 Unauthorized

          {"error":"invalid_client"}`,
      expect: { variant: 'secret-missing', severity: 'error' },
    },
    {
      name: 'two ways at once, tolerated',
      http: `
          > POST https://as.example/token
          > authorization: Basic YXBwOnNlY3JldA==

          grant_type=authorization_code&code=c1&client_id=app&client_secret=\${secret cs_}

          < HTTP/1.1 200 OK

          {"access_token":"\${secret at_}","token_type":"Bearer"}`,
      expect: { variant: 'multiple-methods', severity: 'warning' },
    },
  ],
})
