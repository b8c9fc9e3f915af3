import { type Headers, header, mediaType } from './exchange.ts'

/** What an HTML page is, that stands where a document of data was expected. */
export type PageKind = 'bot-check' | 'login' | 'page'

const botChecks = [
  'just a moment',
  'attention required',
  'checking your browser',
  'verify you are human',
  'enable javascript and cookies',
  'captcha',
  'cf-chl',
  'request unsuccessful. incapsula',
]

const logins = [
  'type="password"',
  "type='password'",
  'type=password',
  '<title>log in',
  '<title>login',
  '<title>sign in',
  'action="/login',
  'action="/signin',
  'sign in with',
  'log in with',
]

/** Tells whether a body is an HTML page, whatever its media type says, and of which kind. */
export function htmlPage(headers: Headers, text: string): PageKind | undefined {
  const start = text.slice(0, 20_000).trimStart().toLowerCase()
  const looksLikeHtml = ['<!doctype html', '<html', '<head', '<body', '<script', '<!--'].some(
    (opening) => start.startsWith(opening),
  )
  if (!looksLikeHtml && !(mediaType(headers) === 'text/html' && start.startsWith('<')))
    return undefined
  if (header(headers, 'cf-mitigated') !== undefined || botChecks.some((m) => start.includes(m)))
    return 'bot-check'
  return logins.some((mark) => start.includes(mark)) ? 'login' : 'page'
}

const loginWords = [
  'login',
  'log-in',
  'signin',
  'sign-in',
  'sign_in',
  'sso',
  'saml',
  'oauth',
  'authorize',
]

/** A URL that by its words leads to a login page. */
export function isLoginUrl(url: string): boolean {
  const words = url.slice(0, 2000).toLowerCase()
  return loginWords.some((word) => words.includes(word)) || /\/auth(?:[/?#]|$)/.test(words)
}

/** What a person reads first: of an HTML page its title and first heading, else the text; white space made alike. */
export function textOfPage(body: string): string {
  const start = body.slice(0, 20_000)
  if (!/^\s*</.test(start)) return start.replace(/\s+/g, ' ').trim().slice(0, 2000)
  const part = (name: string) =>
    new RegExp(`<${name}[^>]{0,200}>([^<]{1,300})`, 'i').exec(start)?.[1] ?? ''
  const words = [part('title'), part('h1'), part('h2')].map((one) =>
    one.replace(/\s+/g, ' ').trim(),
  )
  const told = [...new Set(words)].filter((one) => one !== '').join('. ')
  if (told !== '') return told
  return start
    .replace(/<(script|style)[^]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 2000)
}
