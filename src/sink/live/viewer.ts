import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** Bytes that may wait for a viewer, beside its snapshot, before it counts as behind. */
const waitingLimit = 1024 * 1024
/** A viewer is given a snapshot at most this often, in milliseconds. */
const snapshotPause = 1000
/** Silent for so many rounds of pings, a viewer is gone. */
const silentRounds = 3

/** One who watches. What it cannot take in time is not queued: it is behind, and asks for a snapshot once it has drained. */
export class LiveViewer {
  readonly #socket: WebSocket
  readonly #connection: Duplex
  readonly #wantsSnapshot: (viewer: LiveViewer) => void
  /** Until it has a snapshot, and from when it fell behind: nothing is sent. */
  #behind = true
  /** Events it was not sent since it fell behind; undefined before its first snapshot. */
  #missed: number | undefined
  #allowed = waitingLimit
  #snapshotAt = -Infinity
  #silent = 0

  constructor(
    socket: WebSocket,
    connection: Duplex,
    { wantsSnapshot, gone }: { wantsSnapshot: (viewer: LiveViewer) => void; gone: () => void },
  ) {
    this.#socket = socket
    this.#connection = connection
    this.#wantsSnapshot = wantsSnapshot
    socket.on('message', () => socket.close(1008, 'viewers can only read'))
    socket.on('ping', (data) => {
      if (socket.bufferedAmount < waitingLimit) socket.pong(data)
    })
    socket.on('pong', () => (this.#silent = 0))
    socket.on('error', () => socket.terminate())
    socket.once('close', gone)
  }

  tell(message: Buffer): void {
    const waiting = this.#socket.bufferedAmount
    if (waiting <= waitingLimit) this.#allowed = waitingLimit
    if (this.#behind) this.#missed = this.#missed === undefined ? undefined : this.#missed + 1
    else if (waiting <= this.#allowed) this.#socket.send(message, { binary: false })
    else this.#fallBehind()
  }

  #fallBehind(): void {
    this.#behind = true
    this.#missed = 1
    this.#connection.once('drain', () => {
      const pause = Math.max(0, this.#snapshotAt + snapshotPause - performance.now())
      setTimeout(() => this.#wantsSnapshot(this), pause).unref()
    })
  }

  /** The state as it is now; events go on from there. */
  catchUp(snapshot: Buffer): void {
    if (this.#missed !== undefined)
      this.#socket.send(JSON.stringify({ type: 'behind', behind: { missed: this.#missed } }))
    this.#allowed = waitingLimit + snapshot.length
    this.#socket.send(snapshot, { binary: false })
    this.#behind = false
    this.#missed = 0
    this.#snapshotAt = performance.now()
  }

  /** Asks for a sign of life; gives up on a viewer that has given none for long. */
  ping(): void {
    this.#silent += 1
    if (this.#silent > silentRounds) this.#socket.terminate()
    else if (this.#socket.bufferedAmount < waitingLimit) this.#socket.ping()
  }

  close(reason: string): void {
    this.#socket.close(1001, reason)
  }

  terminate(): void {
    this.#socket.terminate()
  }
}
