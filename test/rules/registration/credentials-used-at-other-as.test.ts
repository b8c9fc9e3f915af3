import { describe } from 'vitest'
import otherServer from '../../../rules/registration/credentials-used-at-other-as.ts'
import { testExamples } from '../examples.ts'
import { registration } from './registrations.ts'

describe('registration/credentials-used-at-other-as', () => {
  const server = (host: string, issuer = host) => `
          > GET https://${host}/.well-known/oauth-authorization-server

          < HTTP/1.1 200 OK

          {"issuer":"https://${issuer}","registration_endpoint":"https://${host}/register","authorization_endpoint":"https://${host}/authorize","token_endpoint":"https://${host}/token"}
`
  const login = `
          # handed-over
          > GET https://two.example/authorize?response_type=code&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&state=s1
`
  const registered = (host: string) =>
    registration('{"redirect_uris":["http://127.0.0.1:5000/cb"]}').replace('as.example', host)
  testExamples(otherServer, {
    good: [
      {
        name: 'one server under two addresses',
        http: `${server('one.example')}${registered('one.example')}${server('two.example', 'one.example')}${login}`,
      },
      {
        name: 'both servers issued that id',
        http: `${server('one.example')}${registered('one.example')}${server('two.example')}${registered('two.example')}${login}`,
      },
    ],
    bad: [
      {
        name: 'the second server lets it pass',
        http: `${server('one.example')}${registered('one.example')}${server('two.example')}${login}`,
        expect: { variant: 'after-as-change', severity: 'warning' },
      },
    ],
  })
})
