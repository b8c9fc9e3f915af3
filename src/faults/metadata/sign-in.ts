import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/sign-in',
  title: 'the server metadata is a redirect to a sign-in page',
  breaks: 'intermediary',
  on: 'server-metadata',
  side: 'response',
  rule: 'intermediary/html-interstitial',
  spec: ['RFC 8414 §3'],
  expected: 'The client tries the other well-known URIs, and then says that there is no metadata.',
  act: () => ({
    edits: [
      set('response.status', 302),
      set('response.header.location', '/sign-in'),
      set('response.body', ''),
    ],
  }),
})
