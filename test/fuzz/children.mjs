import process from 'node:process'

const children = new Set()

/** A process that was started here ends with this one, however that ends. */
export function keep(child) {
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})
