import { request } from 'node:http'
import { Stopped } from './web.ts'

const longestChain = 20

/** Stands in for the user's browser: opens a page and follows its redirects until one is answered in another way. */
export async function browse(url: string): Promise<void> {
  let next: string | undefined = url
  for (let hop = 0; next !== undefined; hop++) {
    if (hop === longestChain) throw new Stopped('the browser was redirected again and again')
    next = await visit(next)
  }
}

function visit(url: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const visiting = request(url, { headers: navigation }, (response) => {
      response.resume()
      const { statusCode = 0, headers } = response
      if (statusCode >= 400)
        return reject(new Stopped(`the browser shows an error page (${statusCode})`))
      const moved = statusCode >= 300 && headers.location !== undefined
      resolve(moved ? new URL(headers.location!, url).href : undefined)
    })
    visiting.once('error', (error) =>
      reject(new Stopped(`the browser cannot open the page: ${error.message}`)),
    )
    visiting.end()
  })
}

const navigation = {
  Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (authtap demo browser)',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  Connection: 'close',
}
