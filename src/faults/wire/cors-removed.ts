import { defineFault, remove } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'wire/cors-removed',
  title: 'the challenge comes without the fields that let a page read it',
  breaks: 'resource-server',
  on: 'challenge',
  side: 'response',
  rule: 'cors/allow-origin-wrong',
  spec: ['Fetch CORS protocol'],
  expected: 'The page says that the server cannot be read from it, in place of a failed login.',
  act: () => ({
    edits: [
      remove('response.header.access-control-allow-origin'),
      remove('response.header.access-control-expose-headers'),
    ],
  }),
})
