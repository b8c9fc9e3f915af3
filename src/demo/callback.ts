import { listen, page } from './listener.ts'
import { Stopped } from './web.ts'

const path = '/callback'

export interface CallbackListener {
  readonly redirectUri: string
  /** The parameters of the authorization response, once it has come. */
  readonly response: Promise<URLSearchParams>
  stop(): Promise<void>
}

/** Waits on a loopback port for the browser to bring the authorization response (RFC 8252 §7.3). */
export async function awaitCallback(): Promise<CallbackListener> {
  let arrived: (params: URLSearchParams) => void
  const response = new Promise<URLSearchParams>((resolve) => {
    arrived = resolve
  })
  const { origin, stop } = await listen(() => (request) => {
    if (request.path !== path) return page(404, 'Not Found')
    arrived(request.query)
    return page(200, 'You may close this window')
  })
  return { redirectUri: origin + path, response, stop }
}

interface Expected {
  readonly state: string
  readonly issuer: string
  readonly issPromised: boolean
}

/** The code, after the checks that RFC 6749 §10.12 and RFC 9207 §2.4 ask for. Both compare without any normalisation. */
export function acceptResponse(params: URLSearchParams, expected: Expected): string {
  if (params.get('state') !== expected.state) throw new Stopped('state came back changed')
  const iss = params.get('iss')
  if (iss === null && expected.issPromised)
    throw new Stopped('the authorization response lacks iss')
  if (iss !== null && iss !== expected.issuer) {
    throw new Stopped(`the authorization response comes from ${iss}, not from ${expected.issuer}`)
  }
  const error = params.get('error')
  if (error !== null) throw new Stopped(`authorization was refused: ${error}`)
  const code = params.get('code')
  if (code === null) throw new Stopped('the authorization response has no code')
  return code
}
