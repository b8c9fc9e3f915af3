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

const readLimit = 20_000
const textLimit = 2000

/** The title and the first headings of a page, as sentences; empty where it has none. */
export function headingsOf(page: string): string {
  const start = page.slice(0, readLimit)
  const words = headings.map((part) => plain(part.exec(start)?.[1] ?? ''))
  return [...new Set(words)].filter((one) => one !== '').join('. ')
}

const headings = ['title', 'h1', 'h2'].map(
  (name) => new RegExp(`<${name}[^<>]{0,200}>([^<]{1,300})`, 'i'),
)

/** All that a person sees of a page, without its scripts and styles. */
export function visibleText(page: string): string {
  return plain(withoutScripts(page.slice(0, readLimit)).replace(/<[^<>]*>/g, ' ')).slice(
    0,
    textLimit,
  )
}

function withoutScripts(page: string): string {
  return page
    .split(/<(?=script\b|style\b)/i)
    .map((part, index) => (index === 0 ? part : (part.split(/<\/(?:script|style)/i, 2)[1] ?? '')))
    .join(' ')
}

/** What a person reads first: of an HTML page its title and first headings, else the text; white space made alike. */
export function textOfPage(body: string): string {
  const start = body.slice(0, readLimit)
  if (!/^\s*</.test(start)) return plain(start).slice(0, textLimit)
  const told = headingsOf(body)
  return told === '' ? visibleText(body) : told
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
