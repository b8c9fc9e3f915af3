import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the build put a file, as in `built('src/cli.js')`. Without a build, one sentence says what to do. */
export function built(file) {
  const path = fileURLToPath(new URL(`../../dist/${file}`, import.meta.url))
  if (!existsSync(path)) throw new Error(`There is no dist/${file}: run npm run build first.`)
  return path
}
