import { listen } from './listener.ts'

export interface CallbackListener {
  readonly redirectUri: string
  /** The parameters of the authorization response that came last, once. */
  take(): URLSearchParams | undefined
  stop(): Promise<void>
}

/** The loopback listener of a native client (RFC 8252 §7.3). */
export async function startCallback(): Promise<CallbackListener> {
  let arrived: URLSearchParams | undefined
  const { origin, stop } = await listen(() => (request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (url.pathname !== '/callback') return void response.writeHead(404).end()
    arrived = url.searchParams
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<p>You may close this window.')
  })
  return {
    redirectUri: `${origin}/callback`,
    take: () => {
      const params = arrived
      arrived = undefined
      return params
    },
    stop,
  }
}
