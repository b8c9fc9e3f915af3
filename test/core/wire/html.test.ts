import { expect, test } from 'vitest'
import { htmlPage, isLoginUrl } from '../../../src/core/wire/html.ts'

const html = [['content-type', 'text/html']] as const

test.each([
  ['page', '<!doctype html><div id="root"></div>'],
  ['page', '\n  <HTML><body>Not Found</body></HTML>'],
  ['login', '<html><form><input type="password"></form></html>'],
  ['login', '<html><title>Sign in - Example</title></html>'],
  ['bot-check', '<html><title>Just a moment...</title></html>'],
])('a %s is told by what it holds', (kind, text) => {
  expect(htmlPage([], text)).toBe(kind)
})

test('what does not begin like a page is none, whatever its media type', () => {
  expect(htmlPage(html, '{"issuer":"https://as.example"}')).toBeUndefined()
  expect(htmlPage([], '<note>plain XML</note>')).toBeUndefined()
  expect(htmlPage(html, '<p>Hello</p>')).toBe('page')
  expect(htmlPage(html, '')).toBeUndefined()
})

test('the field of a managed challenge makes it a bot check', () => {
  expect(htmlPage([['cf-mitigated', 'challenge']], '<html></html>')).toBe('bot-check')
})

test.each(['/login?next=/mcp', 'https://sso.example/x', '/api/auth/signin', '/auth', '/auth?x'])(
  '%s leads to a login',
  (url) => expect(isLoginUrl(url)).toBe(true),
)

test.each(['/mcp/', 'https://mcp.example/author', '/authors'])('%s leads to none', (url) => {
  expect(isLoginUrl(url)).toBe(false)
})
