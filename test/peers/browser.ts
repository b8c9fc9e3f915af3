/** A user's browser: one jar of cookies, which ports of one host share (RFC 6265 §8.5), and a history. */
export class Browser {
  readonly #jar = new Map<string, string>()
  readonly visited: string[] = []
  /** The user closes the next page whose path begins like this. */
  closes: string | undefined

  /** Opens a page and follows its redirects; gives the page at which they end. */
  async open(url: string): Promise<Response> {
    let next = url
    for (let hop = 0; hop < 20; hop++) {
      const response = await this.#visit(next)
      const location = response.headers.get('location')
      if (response.status < 300 || response.status >= 400 || location === null) return response
      await response.body?.cancel()
      next = new URL(location, next).href
      if (this.closes !== undefined && new URL(next).pathname.startsWith(this.closes)) {
        this.closes = undefined
        return response
      }
    }
    throw new Error(`too many redirects, starting at ${url}`)
  }

  async #visit(url: string): Promise<Response> {
    this.visited.push(url)
    const { hostname } = new URL(url)
    const cookies = [...this.#jar].filter(([key]) => key.startsWith(`${hostname} `))
    const headers: Record<string, string> = {
      Accept: 'text/html',
      'User-Agent': 'Mozilla/5.0 (test browser)',
    }
    if (cookies.length > 0) {
      headers['Cookie'] = cookies
        .map(([key, value]) => `${key.slice(hostname.length + 1)}=${value}`)
        .join('; ')
    }
    const response = await fetch(url, { headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) this.#keep(hostname, cookie)
    return response
  }

  #keep(hostname: string, cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';')
    const [name = '', ...value] = pair.split('=')
    const gone = attributes.some((attribute) => /^ *expires=.*1970/i.test(attribute))
    const key = `${hostname} ${name.trim()}`
    if (gone) this.#jar.delete(key)
    else this.#jar.set(key, value.join('='))
  }
}
