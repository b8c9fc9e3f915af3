import { defineFault, remove, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/cached',
  title: 'a cache gives out the metadata of the authorization server, a week old',
  breaks: 'intermediary',
  on: 'server-metadata',
  side: 'response',
  when: (step) => step.kind === 'server-metadata' && step.status === 200,
  rule: 'intermediary/cached-auth-response',
  spec: ['RFC 9111 §5.1'],
  expected: 'The client takes what it is given, as long as its values hold.',
  act: () => ({
    edits: [
      remove('response.header.cache-control'),
      set('response.header.age', String(7 * 24 * 3600)),
    ],
  }),
})
