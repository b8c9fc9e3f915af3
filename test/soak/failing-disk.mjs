import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { devNull } from 'node:os'
import { setImmediate } from 'node:timers'

/** Files that can be written to, until told that the disk is full. To be loaded before whatever writes. */
let full = false

export function fill(isFull) {
  full = isFull
}

function fault() {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  })
}

/** Standard output and standard error are no files of this disk. */
const fails = (descriptor) => full && descriptor > 2

for (const name of ['write', 'appendFile']) {
  const whole = fs[name]
  fs[name] = (descriptor, ...rest) =>
    fails(descriptor) ? setImmediate(rest.at(-1), fault()) : whole(descriptor, ...rest)
}
const writeSync = fs.writeSync
fs.writeSync = (descriptor, ...rest) => {
  if (fails(descriptor)) throw fault()
  return writeSync(descriptor, ...rest)
}
const handle = await fs.promises.open(devNull, 'r')
const prototype = Object.getPrototypeOf(handle)
await handle.close()
for (const name of ['write', 'appendFile', 'writeFile']) {
  const whole = prototype[name]
  prototype[name] = function (...rest) {
    return fails(this.fd) ? Promise.reject(fault()) : whole.apply(this, rest)
  }
}
syncBuiltinESMExports()
