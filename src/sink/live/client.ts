import type { IncomingMessage } from 'node:http'
import { rootCertificates } from 'node:tls'
import { WebSocket } from 'ws'
import type { JsonObject } from '../../core/wire/json.ts'
import { isObject, parseJson } from '../../core/wire/json.ts'
import { UserError } from '../../errors.ts'

export interface LiveClientOptions {
  readonly url: string
  readonly token: string
  /** Certificates (PEM) to trust for `wss` beside the system's. */
  readonly ca?: string
  readonly message: (message: JsonObject) => void
  /** The connection changed, in a sentence for people. */
  readonly notice: (notice: LiveNotice) => void
}

export interface LiveNotice {
  readonly code: 'reconnecting' | 'connected' | 'refused'
  readonly level: 'info' | 'warning'
  readonly text: string
}

const firstPause = 250
const longestPause = 10_000
/** The proxy pings every 20 s; silent for this long, in milliseconds, the connection is dead. */
const silence = 65_000
const messageLimit = 64 * 1024 * 1024

/** A viewer's end of the stream: it connects, and connects again whenever the connection goes. */
export class LiveClient {
  readonly #options: LiveClientOptions
  #socket: WebSocket | undefined
  #stopped = false
  #everConnected = false
  #failures = 0
  #timer: NodeJS.Timeout | undefined
  #alive: NodeJS.Timeout | undefined
  #fail!: (error: UserError) => void
  /** Rejects with UserError (EREFUSED) when the proxy refuses the first connection: trying again would change nothing. */
  readonly refused: Promise<never>

  constructor(options: LiveClientOptions) {
    this.#options = options
    this.refused = new Promise((_, reject) => (this.#fail = reject))
  }

  start(): void {
    const { url, token, ca } = this.#options
    const socket = new WebSocket(url, {
      headers: { Authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      maxPayload: messageLimit,
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
    })
    this.#socket = socket
    let problem = 'the connection broke'
    socket.on('open', () => this.#opened())
    socket.on('ping', () => this.#heard())
    socket.on('message', (data, binary) => {
      this.#heard()
      const message = binary ? undefined : parseJson((data as Buffer).toString('utf8'))
      if (isObject(message)) this.#options.message(message)
    })
    socket.on('unexpected-response', (request, response: IncomingMessage) => {
      problem = refusal(response.statusCode ?? 0)
      response.resume()
      request.destroy()
      if (!this.#everConnected && response.statusCode !== 503) this.#refuse(problem)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== undefined && problem === 'the connection broke') problem = error.code
    })
    socket.on('close', (code) => this.#closed(code === 1001 ? 'the proxy has ended' : problem))
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    clearTimeout(this.#alive)
    this.#socket?.terminate()
  }

  #opened(): void {
    const again = this.#everConnected || this.#failures > 0
    this.#everConnected = true
    this.#failures = 0
    this.#heard()
    if (again)
      this.#options.notice({ code: 'connected', level: 'info', text: 'Connected to the proxy.' })
  }

  #heard(): void {
    clearTimeout(this.#alive)
    this.#alive = setTimeout(() => this.#socket?.terminate(), silence)
    this.#alive.unref()
  }

  #closed(problem: string): void {
    clearTimeout(this.#alive)
    if (this.#stopped) return
    if (this.#failures === 0)
      this.#options.notice({
        code: problem.startsWith('it refuses') ? 'refused' : 'reconnecting',
        level: 'warning',
        text: `No connection to the proxy: ${problem}. Reconnecting until it is back.`,
      })
    const longest = Math.min(longestPause, firstPause * 2 ** this.#failures)
    this.#failures += 1
    // Viewers of one proxy must not come back all at once.
    this.#timer = setTimeout(() => this.start(), longest * (0.5 + Math.random() / 2))
  }

  #refuse(problem: string): void {
    this.stop()
    this.#fail(
      new UserError(
        'EREFUSED',
        `The proxy cannot be watched: ${problem}.`,
        'See authtap attach --help.',
      ),
    )
  }
}

function refusal(status: number): string {
  switch (status) {
    case 401:
      return 'it refuses the token'
    case 403:
      return 'it refuses this origin'
    case 404:
      return 'it refuses: nothing to watch is there (404)'
    case 421:
      return 'it refuses to be called by that host name'
    case 503:
      return 'it has as many viewers as it takes'
    default:
      return `it refuses with status ${status}`
  }
}
