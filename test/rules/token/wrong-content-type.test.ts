import rule from '../../../rules/token/wrong-content-type.ts'
import { testExamples } from '../examples.ts'

const redeemed = (answer: string) => `
> POST https://as.example/token
> content-type: text/plain

grant_type=authorization_code&code=c1&client_id=app

${answer}`

testExamples(rule, {
  bad: [
    {
      name: 'the server read it all the same: it knows the code',
      http: redeemed('< HTTP/1.1 400 Bad Request\n\n{"error":"invalid_grant"}'),
      expect: { variant: 'other', severity: 'warning' },
    },
    {
      name: 'the server found no grant in it',
      http: redeemed('< HTTP/1.1 400 Bad Request\n\n{"error":"unsupported_grant_type"}'),
      expect: { variant: 'other', severity: 'error' },
    },
    {
      name: 'nobody answers',
      http: redeemed('! tcp ECONNREFUSED'),
      expect: { variant: 'other', severity: 'warning' },
    },
  ],
})
