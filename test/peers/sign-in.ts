import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Page } from './chromium.ts'
import type { Front } from './listener.ts'

/** What alice types in. */
const alice = { username: 'alice', password: randomBytes(8).toString('hex') }

/** A login page and a page of consent before whoever is sent to this path, as users know them; a cookie for each. */
export function withSignIn(path: string): Front {
  // Ports of one host share their cookies (RFC 6265 §8.5).
  const [known, agreed] = ['known', 'agreed'].map(
    (name) => `${name}-${randomBytes(4).toString('hex')}`,
  )
  return (next) => (request, response) => {
    const [pathname] = (request.url ?? '').split('?', 1)
    const has = (cookie: string) => request.headers.cookie?.includes(`${cookie}=yes`) === true
    const isTaken = request.method === 'POST' && pathname === '/sign-in'
    if (isTaken) return void take(request, response, { known: known!, agreed: agreed! })
    // Who has no cookies, and no page to sign in on, is not a person.
    if (pathname !== path || !isPerson(request)) return next(request, response)
    if (!has(known!)) return show(request, response, { title: 'Sign in', fields: signIn })
    if (!has(agreed!)) return show(request, response, { title: 'Allow it?', fields: consent })
    next(request, response)
  }
}

function isPerson(request: IncomingMessage): boolean {
  return request.headers['user-agent']?.startsWith('Mozilla/') === true
}

const signIn =
  '<input name="username" autocomplete="username"><input name="password" type="password"><button>Sign in</button>'
const consent =
  '<button name="answer" value="no">Refuse</button><button name="answer" value="yes">Allow</button>'

function show(
  request: IncomingMessage,
  response: ServerResponse,
  { title, fields }: { readonly title: string; readonly fields: string },
): void {
  const then = (request.url ?? '').replaceAll('&', '&amp;')
  response
    .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
    .end(
      `<!doctype html><title>${title}</title><h1>${title}</h1><form method="post" action="/sign-in"><input type="hidden" name="then" value="${then}">${fields}</form>`,
    )
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  cookies: { readonly known: string; readonly agreed: string },
): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const form = new URLSearchParams(Buffer.concat(chunks).toString())
  const isAlice = form.get('username') === alice.username && form.get('password') === alice.password
  const gets = isAlice ? cookies.known : form.get('answer') === 'yes' ? cookies.agreed : undefined
  if (gets === undefined) return void response.writeHead(403).end('No.')
  response
    .writeHead(303, {
      Location: form.get('then') ?? '/',
      'Set-Cookie': `${gets}=yes; HttpOnly; Path=/`,
    })
    .end()
}

/** Does on each page what alice does, once a page: types in who she is, and presses the button that says yes. */
const doing = `(() => {
  const form = document.querySelector('form')
  if (document.readyState !== 'complete' || form === null || form.dataset.sent === 'yes') return document.body?.innerText ?? ''
  const fill = (selector, value) => { for (const field of form.querySelectorAll(selector)) field.value = value }
  fill('input[type=text], input:not([type]), input[type=email]', ${JSON.stringify(alice.username)})
  fill('input[type=password]', ${JSON.stringify(alice.password)})
  form.dataset.sent = 'yes'
  const buttons = [...form.querySelectorAll('button, input[type=submit]')]
  const button = buttons.find((one) => /^(sign in|allow|approve)/i.test(one.innerText || one.value))
  button.click()
  return document.title
})()`

/** Goes through all pages until one says this. Gives what the pages were called or said, in order. */
export async function goThrough(page: Page, until: string): Promise<string[]> {
  const pages: string[] = []
  for (;;) {
    const seen = String((await page.value(doing)) ?? '')
    if (seen !== '' && pages.at(-1) !== seen) pages.push(seen)
    if (seen.includes(until)) return pages
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
