import { defineFault, remove, set } from '../../core/intercept/fault.ts'

export default defineFault({
  id: 'wire/preflight-refused',
  title: 'a browser that asks whether a page may call is answered 401',
  breaks: 'resource-server',
  on: 'preflight',
  side: 'response',
  rule: 'cors/preflight-rejected',
  spec: ['Fetch CORS-preflight fetch'],
  expected: 'The page says that the server cannot be called from it; the call is not made.',
  act: () => ({
    edits: [
      set('response.status', 401),
      remove('response.header.access-control-allow-origin'),
      remove('response.header.access-control-allow-methods'),
      remove('response.header.access-control-allow-headers'),
    ],
  }),
})
