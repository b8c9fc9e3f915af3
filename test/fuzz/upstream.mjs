import { once } from 'node:events'
import { createServer } from 'node:net'
import { handOver } from './pieces.mjs'

/** Connections that are left open on purpose, at most. */
const openLimit = 100

const answer = '{"jsonrpc":"2.0","id":1,"result":{"healthy":true}}'
const healthyAnswer = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-odd: a\r\nX-Odd: b\r\nContent-Length: ${answer.length}\r\n\r\n${answer}`

/** An upstream that answers what is healthy, and everything else with whatever bytes it was given. */
export class Upstream {
  /** What it says to what is not healthy. */
  script = { pieces: [], slow: false, ending: 'reset' }
  /** What arrived of the last healthy request. */
  healthy = ''
  #open = new Set()
  #server = createServer((socket) => this.#serve(socket))

  async start() {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.origin = `http://127.0.0.1:${this.#server.address().port}`
    return this
  }

  close() {
    this.#server.close()
    for (const socket of this.#open) socket.destroy()
  }

  #serve(socket) {
    this.#open.add(socket)
    if (this.#open.size > openLimit) [...this.#open][0].destroy()
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#open.delete(socket))
    let received = ''
    let speaking = false
    socket.on('data', (chunk) => {
      received = (received + chunk.toString('latin1')).slice(-1_000_000)
      if (received.startsWith('POST /healthy ')) {
        if (!received.endsWith('healthy!')) return
        this.healthy = received
        received = ''
        socket.write(healthyAnswer)
      } else if (!speaking && /\r\n\r\n/.test(received)) {
        speaking = true
        received = ''
        void handOver(socket, this.script).then(() => (speaking = false))
      }
    })
  }
}
