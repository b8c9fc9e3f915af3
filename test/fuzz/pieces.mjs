import { setTimeout as pause } from 'node:timers/promises'

/** How bytes are handed over: in which pieces, and what becomes of the connection then. */

export function handing(chance, text) {
  const cuts = chance.is(0.5)
    ? []
    : Array.from({ length: 1 + chance.few(12) }, () => chance.below(text.length + 1))
  const ends = [0, ...cuts.sort((a, b) => a - b), text.length]
  return {
    pieces: ends.slice(1).map((to, at) => text.slice(ends[at], to)),
    slow: chance.is(0.3),
    ending: chance.pick(['wait', 'wait', 'wait', 'wait', 'end', 'reset', 'stay']),
  }
}

/** Writes the pieces, and ends the connection as they say; one that waits is left to the other side. */
export async function handOver(socket, { pieces, slow, ending }) {
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(piece, 'latin1')
    if (slow) await pause(2)
  }
  if (ending === 'end') socket.end()
  if (ending === 'reset') socket.resetAndDestroy()
}
