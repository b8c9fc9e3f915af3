import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'token/refresh-not-rotated',
  title: 'a refresh gives the client the refresh token that it has',
  breaks: 'authorization-server',
  on: 'token',
  side: 'response',
  when: (step) =>
    step.kind === 'token' && step.grantType === 'refresh_token' && step.status === 200,
  rule: 'refresh/not-rotated',
  spec: ['OAuth 2.1 §4.3.1'],
  expected: 'The client keeps its refresh token, and goes on with the new access token.',
  before: 'use/expired',
  act: (_, step) =>
    step.kind === 'token' && step.refreshToken !== undefined
      ? { edits: [set('response.json/refresh_token', step.refreshToken)] }
      : undefined,
})
