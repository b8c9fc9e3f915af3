import { defineFault, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'metadata/html',
  title: 'a page comes in place of the server metadata',
  breaks: 'authorization-server',
  on: 'server-metadata',
  side: 'response',
  rule: 'discovery/metadata-not-json',
  spec: ['RFC 8414 §3.2'],
  expected: 'The client tries the other well-known URIs, and then says that there is no metadata.',
  act: () => ({
    edits: [
      set('response.header.content-type', 'text/html'),
      set('response.body', '<!doctype html><title>Welcome</title>'),
    ],
  }),
})
