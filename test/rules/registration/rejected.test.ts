import rule from '../../../rules/registration/rejected.ts'
import { testExamples } from '../examples.ts'

const answered = (status: string, body: string) => `
  > POST https://as.example/register
  > content-type: application/json

  {"redirect_uris":["http://127.0.0.1:5000/cb"]}

  < HTTP/1.1 ${status}
  < content-type: application/json

  ${body}`

testExamples(rule, {
  good: [],
  bad: [
    {
      name: 'a redirect URI that is refused in words of the own of the server',
      http: answered('422 Unprocessable Entity', '{"message":"Redirect URL is not on the list"}'),
      expect: { variant: 'redirect-uri', fault: 'authorization-server' },
    },
    {
      name: 'a member that is wanted, in words of the own of the server',
      http: answered('400 Bad Request', '{"message":"client_name is required"}'),
      expect: { variant: 'metadata', fault: 'client' },
    },
    {
      name: 'words that say nothing of the client metadata',
      http: answered('400 Bad Request', '{"message":"no"}'),
      expect: { variant: 'metadata', fault: 'authorization-server' },
    },
    {
      name: 'a code that is none of those about client metadata',
      http: answered('400 Bad Request', '{"error":"registration_not_supported"}'),
      expect: { variant: 'not-supported', fault: 'authorization-server' },
    },
    {
      name: 'an https redirect URI with a fragment',
      http: answered('400 Bad Request', '{"error":"invalid_redirect_uri"}').replace(
        'http://127.0.0.1:5000/cb',
        'https://app.example/cb#a',
      ),
      expect: { variant: 'redirect-uri', fault: 'client' },
    },
  ],
})
