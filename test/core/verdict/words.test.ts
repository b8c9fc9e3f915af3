import { expect, test } from 'vitest'
import { sentence } from '../../../src/core/verdict/words.ts'

test.each([
  ['the token has expired', 'The token has expired'],
  ['a 401 carries no challenge', 'A 401 carries no challenge'],
  ['again, and again', 'Again, and again'],
  ['nobody: it is not decided', 'Nobody: it is not decided'],
  ['the client’s own', 'The client’s own'],
  ['done.', 'Done.'],
  ['failed', 'Failed'],
])('%s begins with a word, and so with a capital', (text, wanted) => {
  expect(sentence(text)).toBe(wanted)
})

test.each([
  'https://mcp.example/mcp answers 301',
  'http://localhost:8484 names another',
  'mcp.example gives no answer',
  'localhost gives no answer',
  'as.example:8443 gives no answer',
  'token/error-response is the rule',
  'code_verifier is 20 characters long',
  'redirect_uri, as registered, is another',
  'aud is "https://api.example"',
  'iss is missing',
  'www-authenticate is not exposed',
  'resource=https://mcp.example is refused',
  's256 of it is another',
  'tools/call is refused',
  'capture.har cannot be read',
  './capture.har cannot be read',
  'authtap itself did it',
  '"state" is missing',
  '‹code:7f3a› is spent',
  '--port needs a number',
  '',
])('%j begins with what is spelled as it is', (text) => {
  expect(sentence(text)).toBe(text)
})
