import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import type { Options } from './arguments.ts'

/** Throws UserError (EUSAGE) when the file that a flag names cannot be read. */
export async function pem(options: Options, name: string): Promise<string | undefined> {
  const path = options.text(name)
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new UserError(
      'EUSAGE',
      `--${name} ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      'Give a PEM file.',
    )
  }
}
