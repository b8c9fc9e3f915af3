import { UserError } from '../errors.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** An MCP endpoint that the person named. */
export interface Target {
  readonly url: string
  readonly origin: string
}

/** Throws UserError when no client could go there. */
export function readTarget(url: string): Target {
  const parsed = parseUrl(url)
  if (parsed === undefined || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:'))
    throw new UserError(
      'EBADTARGET',
      `${JSON.stringify(withoutCredentials(url))} is not an http or https URL`,
      'give the URL of the MCP endpoint, such as https://mcp.example.com/mcp',
    )
  if (parsed.username !== '' || parsed.password !== '')
    throw new UserError(
      'EBADTARGET',
      'the URL of the MCP server holds a user name or password',
      'leave them out',
    )
  return { url, origin: parsed.origin }
}

/** What was typed as a URL, without what may be a password or a key in it. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@]*@/, '//…@').replace(/[?#].*$/s, (rest) => `${rest[0]!}…`)
}

export function readOrigin(text: string): string {
  return readTarget(text).origin
}
