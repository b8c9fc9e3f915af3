const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'someone', version: '1' },
  },
})

type Look = (url: string) => Promise<void>

/** A request of somebody who has no token and reads the answer. */
async function ask(url: string, method: string, headers: Record<string, string>, body?: string) {
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
  await response.text()
  return response
}

const curl = { 'User-Agent': 'curl/8.5.0', Accept: '*/*' }
const json = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' }

/** Everybody who may look at a server before somebody logs in. */
export const looks: [string, Look][] = [
  [
    'curl, with POST, GET and HEAD',
    async (url) => {
      await ask(url, 'POST', { ...curl, ...json }, initialize)
      await ask(url, 'GET', curl)
      await ask(url, 'HEAD', curl)
    },
  ],
  [
    'curl, with a message that is none',
    async (url) => {
      await ask(url, 'POST', { ...curl, ...json }, '{}')
      await ask(url, 'POST', curl)
    },
  ],
  [
    'a browser, which also asks for an icon',
    async (url) => {
      const browser = {
        'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0',
        Accept: 'text/html,application/xhtml+xml',
        'Sec-Fetch-Mode': 'navigate',
        'Sec-Fetch-Dest': 'document',
      }
      await ask(url, 'GET', browser)
      await ask(new URL('/favicon.ico', url).href, 'GET', { ...browser, Accept: 'image/*' })
    },
  ],
  [
    'a check of the server’s health, again and again',
    async (url) => {
      for (let time = 0; time < 5; time += 1)
        await ask(url, 'GET', { 'User-Agent': 'kube-probe/1.31', Connection: 'close' })
    },
  ],
  [
    'a probe of the client itself, under another name',
    async (url) => {
      const probe = { 'User-Agent': 'probe/1.0' }
      const { headers } = await ask(url, 'POST', { ...probe, ...json }, initialize)
      const named = /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1]
      await ask(named ?? url, 'GET', probe)
    },
  ],
]
