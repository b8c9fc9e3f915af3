import { clearTimeout, setTimeout } from 'node:timers'
import { requestFor, responseFor } from './messages.mjs'
import { handOver, handing } from './pieces.mjs'
import { viewerBytes } from './viewer-bytes.mjs'

/** So long without a byte, and a connection has nothing more to say, in milliseconds. */
const silence = 20
const patience = 250

/** One input: a client and an upstream that say what they must not, or somebody at the port for viewers. */
export function wireInput(chance, places, secrets) {
  if (chance.is(0.15))
    return { port: 'live', client: handing(chance, viewerBytes(chance, secrets)) }
  return {
    port: 'proxy',
    client: handing(chance, requestFor(chance, places, secrets)),
    upstream: handing(chance, responseFor(chance, places, secrets)),
  }
}

export async function playOnWire(proxy, { port, client, upstream }) {
  if (upstream !== undefined) proxy.answerWith(upstream)
  const socket = await proxy.connect(
    port === 'live' ? proxy.livePort : proxy.port,
    client.ending === 'stay',
  )
  const silent = quiet(socket)
  await handOver(socket, client)
  await silent
  if (client.ending !== 'stay') socket.destroy()
}

function quiet(socket) {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, silence)
    const last = setTimeout(resolve, patience)
    socket.on('data', () => {
      clearTimeout(timer)
      timer = setTimeout(resolve, silence)
    })
    socket.on('close', () => {
      clearTimeout(timer)
      clearTimeout(last)
      resolve()
    })
  })
}
