import { defineFault } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/expired',
  title: 'a call with a token is answered 401, as a server does once the token has expired',
  breaks: 'resource-server',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  rule: 'bearer/fresh-token-rejected',
  spec: ['RFC 6750 §3.1'],
  expected: 'The client refreshes its token or logs in again, and repeats the call.',
  acted: true,
  passing: true,
  act: () => ({
    answer: {
      status: 401,
      headers: [
        [
          'WWW-Authenticate',
          'Bearer error="invalid_token", error_description="The access token expired"',
        ],
      ],
      body: '',
    },
  }),
})
