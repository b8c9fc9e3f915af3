import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Fault } from './core/intercept/fault.ts'

const folder = fileURLToPath(new URL('./faults', import.meta.url))

/** Every fault that can be made on purpose, by its id. One is a file; nothing has to be registered. */
export async function loadFaults(): Promise<Fault[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && /\.(js|ts)$/.test(entry.name))
    .filter(({ name }) => !name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(file).href)) as { default: Fault }
      return module.default
    }),
  )
}
