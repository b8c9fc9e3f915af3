// authtap from a clone: compiles what changed since the last time, which is mostly nothing, and runs it.
import { build, isBuilt } from './build.mjs'

const code = isBuilt() ? 0 : build(false)
if (code === 0) await import('../../dist/src/cli.js')
else process.exitCode = code
