/**
 * A web URL cut where its authority begins and ends, as the URL Standard sees it and without changing a character:
 * the parts joined in order give the string back.
 */
export interface WebUrl {
  /** What the URL Standard strips from the front. */
  readonly lead: string
  /** As spelled, without colon. */
  readonly scheme: string
  /** Nearly always `://`. */
  readonly separator: string
  /** With its at sign; empty when there is none. */
  readonly userinfo: string
  readonly host: string
  /** With its colon; empty when there is none. */
  readonly port: string
  readonly rest: string
}

const pattern = /^([\0-\x20]*)(https?)(:[/\\]*)([^/\\?#]*)([^]*)$/i

/** Undefined for what is not an absolute http or https URL, and for spellings that hide white space inside the authority. */
export function splitWebUrl(url: string): WebUrl | undefined {
  const match = pattern.exec(url)
  if (match === null) return undefined
  const [, lead = '', scheme = '', separator = '', whole = '', after = ''] = match
  const authority = after === '' ? trimEnd(whole) : whole
  if (/[\0-\x20]/.test(authority)) return undefined
  const hostStart = authority.lastIndexOf('@') + 1
  const colon = authority.lastIndexOf(':')
  const portStart =
    colon > authority.lastIndexOf(']') && colon >= hostStart ? colon : authority.length
  const port = authority.slice(portStart)
  if (!/^(?::\d*)?$/.test(port)) return undefined
  return {
    lead,
    scheme,
    separator,
    userinfo: authority.slice(0, hostStart),
    host: authority.slice(hostStart, portStart),
    port,
    rest: whole.slice(authority.length) + after,
  }
}

export function joinWebUrl(url: WebUrl): string {
  return url.lead + url.scheme + url.separator + url.userinfo + url.host + url.port + url.rest
}

/** The origin as every parser sees it; undefined when the host or port is none. */
export function originOf(url: WebUrl): string | undefined {
  try {
    return new URL(`${url.scheme}://${url.host}${url.port}`).origin
  } catch {
    return undefined
  }
}

/** Not a regular expression: an anchored one takes quadratic time on long runs of white space. */
function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(0, end)
}
