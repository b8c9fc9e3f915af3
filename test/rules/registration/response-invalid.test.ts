import rule from '../../../rules/registration/response-invalid.ts'
import { testExamples } from '../examples.ts'

testExamples(rule, {
  good: [
    {
      name: 'complete',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created
          < cache-control: no-store

          {"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"],"client_secret":"\${secret cs_}","client_secret_expires_at":0}`,
    },
    {
      name: 'an empty scope, as it was asked for',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"],"scope":""}

          < HTTP/1.1 201 Created

          {"client_id":"app","redirect_uris":["http://127.0.0.1:5000/cb"],"scope":""}`,
    },
  ],
  bad: [
    {
      name: 'no client_id',
      http: `
        > POST https://as.example/register
        > content-type: application/json

        {"redirect_uris":["http://127.0.0.1:5000/cb"]}

        < HTTP/1.1 201 Created

        {"redirect_uris":["http://127.0.0.1:5000/cb"]}`,
      expect: { variant: 'client-id-missing', severity: 'error' },
    },
    {
      name: 'a page instead of JSON',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          <html>Welcome</html>`,
      expect: { variant: 'not-json' },
    },
    {
      name: 'redirect URIs are not returned',
      http: `
          > POST https://as.example/register
          > content-type: application/json

          {"redirect_uris":["http://127.0.0.1:5000/cb"]}

          < HTTP/1.1 201 Created

          {"client_id":"app"}`,
      expect: { variant: 'redirect-uris-not-echoed', severity: 'warning' },
    },
  ],
})
