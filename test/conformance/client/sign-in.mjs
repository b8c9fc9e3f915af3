import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { UnauthorizedError } from '@modelcontextprotocol/client'

/** More sign-ins than this in one session mean that the server keeps asking for what it was just given. */
const signInLimit = 2

/**
 * What an application built on the SDK supplies: storage in memory, a loopback redirect URI with a listener behind it,
 * and a browser whose user consents to everything (it follows redirects and shows no page).
 */
export class Application {
  #client
  #tokens
  #verifier
  #discovery
  #state
  #listener
  #callback

  /** The redirect URI's listener, on a free port of 127.0.0.1 (RFC 8252 §7.3). */
  static async open(options = {}) {
    const application = new Application()
    application.clientMetadataUrl = options.clientMetadataUrl
    application.#client = options.registered
    application.dpop = options.dpop === undefined ? undefined : () => options.dpop
    application.#listener = createServer((request, response) => {
      application.#callback?.(new URL(request.url, application.redirectUrl).searchParams)
      response.end('signed in')
    })
    await new Promise((resolve) => application.#listener.listen(0, '127.0.0.1', resolve))
    return application
  }

  close() {
    this.#listener.closeAllConnections()
    this.#listener.close()
  }

  get redirectUrl() {
    return `http://127.0.0.1:${this.#listener.address().port}/callback`
  }

  get clientMetadata() {
    return {
      client_name: 'authtap conformance client',
      redirect_uris: [this.redirectUrl],
      application_type: 'native',
    }
  }

  state() {
    this.#state = randomUUID()
    return this.#state
  }

  clientInformation() {
    return this.#client
  }

  saveClientInformation(client) {
    this.#client = client
  }

  tokens() {
    return this.#tokens
  }

  /** What was discovered serves one sign-in: by the next one the resource may have moved to another issuer. */
  saveTokens(tokens) {
    this.#tokens = tokens
    this.#discovery = undefined
  }

  saveCodeVerifier(verifier) {
    this.#verifier = verifier
  }

  codeVerifier() {
    return this.#verifier
  }

  saveDiscoveryState(discovery) {
    this.#discovery = discovery
  }

  discoveryState() {
    return this.#discovery
  }

  invalidateCredentials(scope) {
    if (scope === 'all' || scope === 'client') this.#client = undefined
    if (scope === 'all' || scope === 'tokens') this.#tokens = undefined
    if (scope === 'all' || scope === 'verifier') this.#verifier = undefined
    if (scope === 'all' || scope === 'discovery') this.#discovery = undefined
  }

  async redirectToAuthorization(url) {
    const arrived = new Promise((resolve) => {
      this.#callback = resolve
    })
    const page = await globalThis.fetch(url)
    const text = await page.text()
    if (!page.ok) throw new Error(`the authorization endpoint answered ${page.status}: ${text}`)
    this.arrived = arrived
  }

  /** The authorization response's parameters, after the check that is the application's own (RFC 6749 §10.12). */
  async authorizationResponse() {
    const params = await this.arrived
    if (params.get('state') !== this.#state)
      throw new Error('the state is not the one that was sent')
    return params
  }
}

/**
 * Connects and hands the client to `use`; whenever the SDK asks for the user, lets the user sign in and tries the same
 * call again.
 */
export async function session(client, newTransport, application, use) {
  let signIns = 0
  let transport
  const signedIn = async (call) => {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        if (!(error instanceof UnauthorizedError) || ++signIns > signInLimit) throw error
        await transport.finishAuth(await application.authorizationResponse())
      }
    }
  }
  try {
    await signedIn(async () => {
      transport = newTransport(application)
      await client.connect(transport)
    })
    await use(signedIn)
  } finally {
    await client.close()
  }
}
