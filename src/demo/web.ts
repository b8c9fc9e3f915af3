import { parseObject } from './listener.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** The client cannot go on, in a sentence for people. */
export class Stopped extends Error {}

const userAgent = 'authtap-demo-client/1.0'
const patience = 15_000

/** One request of the client. Redirects are not followed: no step of the flow has one, and a token must not travel along. */
export async function send(
  url: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Response> {
  const headers = { Accept: 'application/json', 'User-Agent': userAgent, ...init.headers }
  try {
    return await fetch(url, {
      ...init,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    })
  } catch (error) {
    throw new Stopped(`${new URL(url).origin} cannot be reached: ${reasonOf(error)}`)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  return error.cause instanceof Error ? error.cause.message : error.message
}

/** The JSON object of a successful answer; undefined for any other. */
export async function objectOf(response: Response): Promise<Record<string, unknown> | undefined> {
  const text = await response.text()
  return response.ok && isJson(response) ? parseObject(text) : undefined
}

export function isJson(response: Response): boolean {
  return /^application\/json *(;|$)/i.test(response.headers.get('content-type') ?? '')
}

/** A member that has to be a string. */
export function text(document: Record<string, unknown>, name: string, owner: string): string {
  const value = document[name]
  if (typeof value !== 'string') throw new Stopped(`${owner} has no ${name}`)
  return value
}

/** A member that has to be a URL to which credentials may be sent: https, or on a loopback address. */
export function address(document: Record<string, unknown>, name: string, owner: string): string {
  const value = text(document, name, owner)
  const url = parseUrl(value)
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '')
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback)) return value
  throw new Stopped(`${name} in ${owner} is not an address that credentials may be sent to`)
}
