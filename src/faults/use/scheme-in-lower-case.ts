import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'use/scheme-in-lower-case',
  title: 'a call presents its token as bearer in lower case, as it may',
  breaks: 'client',
  on: ['mcp', 'challenge'],
  side: 'request',
  when: (step) => 'authorization' in step && step.authorization.length > 0,
  spec: ['RFC 9110 §11.1'],
  expected: 'The server takes the token: the name of a scheme has no case.',
  mayPass: true,
  act: ({ headers }) => {
    const [, value = ''] = headers.find(([name]) => name.toLowerCase() === 'authorization') ?? []
    return { edits: [set('request.header.authorization', value.replace(/^bearer/i, 'bearer'))] }
  },
})
