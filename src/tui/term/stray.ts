import { format } from 'node:util'

type Write = NodeJS.WriteStream['write']

/**
 * Takes what is printed past the terminal UI (console, standard output and error, Node's own warnings), which would
 * paint over the screen. Returns how to let it through again.
 */
export function captureStray(onStray: (text: string) => void): () => void {
  const restores = [
    captureStream(process.stdout, onStray),
    captureStream(process.stderr, onStray),
    captureWarnings(onStray),
  ]
  return () => restores.forEach((restore) => restore())
}

function captureStream(stream: NodeJS.WriteStream, onStray: (text: string) => void): () => void {
  const { write } = stream
  let inside = false
  stream.write = ((chunk: string | Uint8Array, encoding?: unknown, callback?: unknown) => {
    const done = typeof encoding === 'function' ? encoding : callback
    if (typeof done === 'function') process.nextTick(done as () => void)
    // Whoever takes it may print in turn.
    if (inside) return true
    inside = true
    try {
      onStray(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
    } finally {
      inside = false
    }
    return true
  }) satisfies Write
  return () => {
    stream.write = write
  }
}

/** Node writes warnings to the descriptor itself, past the stream. */
function captureWarnings(onStray: (text: string) => void): () => void {
  const builtIn = process.listeners('warning').filter(({ name }) => name === 'onWarning')
  if (builtIn.length === 0) return () => {}
  const listen = (warning: Error) => {
    if (warning.name === 'DeprecationWarning' && process.noDeprecation === true) return
    onStray(format('%s: %s\n', warning.name, warning.message))
  }
  for (const listener of builtIn) process.removeListener('warning', listener)
  process.on('warning', listen)
  return () => {
    process.removeListener('warning', listen)
    for (const listener of builtIn) process.on('warning', listener)
  }
}
