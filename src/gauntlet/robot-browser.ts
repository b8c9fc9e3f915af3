/** A browser that nobody sits at: it follows redirects, keeps cookies, and asks nothing. */
const jar = new Map<string, string>()

/** A client may open the browser before it listens for it. */
async function open(url: string, patience = 60): Promise<Response> {
  const { hostname } = new URL(url)
  const cookie = [...jar]
    .filter(([name]) => name.startsWith(`${hostname} `))
    .map(([name, value]) => `${name.slice(hostname.length + 1)}=${value}`)
    .join('; ')
  const headers = { Accept: 'text/html', ...(cookie === '' ? {} : { Cookie: cookie }) }
  try {
    return await fetch(url, { redirect: 'manual', headers })
  } catch (error) {
    if (patience === 0) throw error
    await new Promise((resolve) => setTimeout(resolve, 100))
    return open(url, patience - 1)
  }
}

let next = process.argv.slice(2).find((word) => /^https?:\/\//i.test(word))
for (let hop = 0; next !== undefined && hop < 20; hop += 1) {
  const response: Response = await open(next)
  for (const field of response.headers.getSetCookie()) {
    const [pair = ''] = field.split(';')
    const at = pair.indexOf('=')
    jar.set(`${new URL(next).hostname} ${pair.slice(0, at)}`, pair.slice(at + 1))
  }
  const location = response.headers.get('location')
  next = location === null ? undefined : new URL(location, next).href
}
