import type { Socket } from 'node:net'

/** Why a client's connection ended: it closed it, we stop, or we cut it behind a request that the upstream failed. */
export type GoneBecause = 'closed' | 'stopping' | 'cut'

/** Something under way that has to know when its client has gone. */
export interface Waiting {
  clientGone(because: GoneBecause): void
}

/** One connection of a client. */
export class Connection {
  readonly id: string
  readonly family: string
  #waiting: Waiting[] = []
  readonly #because: () => GoneBecause
  #closed: boolean
  #cut = false

  constructor(id: string, socket: Socket, because: () => GoneBecause) {
    this.id = id
    this.family = socket.remoteFamily ?? ''
    this.#because = () => (this.#cut ? 'cut' : because())
    this.#closed = socket.destroyed
    socket.once('close', () => {
      this.#closed = true
      const waiting = this.#waiting
      this.#waiting = []
      for (const one of waiting) one.clientGone(this.#because())
    })
  }

  /** We are about to end it: what still waits on it has not been left by the client. */
  cut(): void {
    this.#cut = true
  }

  enter(one: Waiting): void {
    if (this.#closed) one.clientGone(this.#because())
    else this.#waiting.push(one)
  }

  leave(one: Waiting): void {
    const place = this.#waiting.indexOf(one)
    if (place !== -1) this.#waiting.splice(place, 1)
  }
}

/** The clients' connections, over all listeners. */
export class Connections {
  readonly #known = new WeakMap<Socket, Connection>()
  readonly #open = new Set<Socket>()
  #because: GoneBecause = 'closed'
  #count = 0

  of(socket: Socket): Connection {
    const known = this.#known.get(socket)
    if (known !== undefined) return known
    const connection = new Connection(`c${++this.#count}`, socket, () => this.#because)
    this.#known.set(socket, connection)
    this.keep(socket)
    return connection
  }

  /** What carries no request yet, such as TLS that has not begun, ends with the others. */
  keep(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }

  /** Cuts what is open. Resolves when everything under way knows. */
  async closeAll(): Promise<void> {
    this.#because = 'stopping'
    const closed = [...this.#open].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    )
    for (const socket of this.#open) socket.destroy()
    await Promise.all(closed)
  }
}
