import { defineRule, header, param, queryParams, quoted } from '../../src/core/kit.ts'

export default defineRule({
  id: 'trial/unknown-client-redirected',
  title: 'The authorization endpoint sends a browser wherever an unknown client says',
  severity: ['error'],
  fault: ['authorization-server'],
  spec: ['RFC 6749 §4.1.2.1', 'RFC 9700 §4.11.2'],
  revisions: 'all',
  weakness: true,
  why: 'Anybody can write a link to the login page that sends those who follow it to a place of his own.',
  remedy:
    'Show an error page where client_id or redirect_uri is not known, and redirect to registered addresses alone.',
  trials: true,

  on: 'authorize',

  *check(step) {
    const { response } = step.exchange
    if (step.exchange.trial?.sort !== 'unknown-client' || response === undefined) return 'silent'
    const location = header(response.headers, 'location')
    const wanted = param(queryParams(step.url), 'redirect_uri')
    if (wanted === undefined || location?.startsWith(wanted) !== true) return
    yield {
      message: `a login of client ${quoted(step.clientId)}, which nobody registered, is redirected to ${quoted(wanted)}`,
      evidence: [
        { step, at: 'response.header.location', note: 'must not be where an unknown client says' },
        { step, at: 'request.query.redirect_uri', note: 'made up by authtap' },
        { step, at: 'request.query.client_id', note: 'made up by authtap' },
      ],
    }
  },

  examples: {
    good: [
      {
        name: 'an error page',
        http: `
          \${opening until server-metadata}

          # trial=unknown-client:1
          > GET https://as.example/authorize?response_type=code&client_id=nobody&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s9

          < HTTP/1.1 400 Bad Request`,
      },
      {
        name: 'a login page that comes first',
        http: `
          \${opening until server-metadata}

          # trial=unknown-client:1
          > GET https://as.example/authorize?response_type=code&client_id=nobody&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s9

          < HTTP/1.1 302 Found
          < location: https://as.example/login?next=%2Fauthorize`,
      },
    ],
    bad: [
      {
        name: 'the browser is sent to the address that nobody registered',
        http: `
          \${opening until server-metadata}

          # trial=unknown-client:1
          > GET https://as.example/authorize?response_type=code&client_id=nobody&redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcb&state=s9

          < HTTP/1.1 302 Found
          < location: http://127.0.0.1:1/cb?error=unauthorized_client&state=s9`,
      },
    ],
  },
})
