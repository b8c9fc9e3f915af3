/**
 * A URL as browsers and Node read it; undefined for what is none. It stands in place of `URL.canParse`, which Node 20
 * denies to URLs with letters like ü as soon as it has compiled the call: what was read at first is not read any more.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
