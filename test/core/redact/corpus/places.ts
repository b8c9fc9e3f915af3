import type { Exchange } from '../../../../src/core/wire/exchange.ts'
import { exchangeOf, formEncode } from '../redaction.ts'

/** Puts a value under a name in one of the places that an exchange has. */
export type Plant = (name: string, value: string) => Exchange

const json = JSON.stringify
const page: [string, string] = ['content-type', 'text/plain']
const answer = (text: string) => exchangeOf({ status: 400, answerHeaders: [page], answer: text })
const shouted = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/\W/g, '_')
    .toUpperCase()

/** Where a value is all that its name has. */
export const wholePlaces: Readonly<Record<string, Plant>> = {
  header: (name, value) => exchangeOf({ headers: [[name, value]] }),
  'answered header': (name, value) => exchangeOf({ answerHeaders: [[`X-${name}`, value]] }),
  query: (name, value) =>
    exchangeOf({ url: `https://api.example/x?a=1&${name}=${encodeURIComponent(value)}&b=2` }),
  form: (name, value) => exchangeOf({ body: `action=save&${name}=${formEncode(value)}` }),
  json: (name, value) => exchangeOf({ answer: json({ ok: true, [name]: value }) }),
  'nested json': (name, value) =>
    exchangeOf({ body: json({ data: [{ config: { [name]: value, port: 1 } }] }) }),
}

/** Where it stands among other text. */
export const textPlaces: Readonly<Record<string, Plant>> = {
  'text, behind an equals sign': (name, value) =>
    answer(`request failed: ${name}=${value} (try again)`),
  'text, in quotes': (name, value) =>
    answer(`bad request, "${name}": "${value}" is not valid here`),
  'challenge parameter': (name, value) =>
    exchangeOf({
      status: 401,
      answerHeaders: [['www-authenticate', `Bearer realm="mcp", ${name}="${value}", error="x"`]],
    }),
  environment: (name, value) => answer(`PATH=/bin\nexport ${shouted(name)}=${value}\nHOME=/root`),
}

export const cookiePlaces: Readonly<Record<string, Plant>> = {
  cookie: (name, value) => exchangeOf({ headers: [['Cookie', `theme=dark; ${name}=${value}`]] }),
  'set-cookie': (name, value) =>
    exchangeOf({ answerHeaders: [['Set-Cookie', `${name}=${value}; Path=/; HttpOnly`]] }),
}
