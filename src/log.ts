import pino from 'pino'
import { UserError } from './errors.ts'

export type Log = pino.Logger

/** authtap's own log: to a file or to standard error, never into what a command prints. */
export function openLog(level: string, file: string | undefined): Log {
  try {
    const destination = pino.destination(
      file === undefined ? { dest: 2, sync: true } : { dest: file, sync: true, mode: 0o600 },
    )
    return pino({ name: 'authtap', level, base: { pid: process.pid } }, destination)
  } catch (error) {
    throw new UserError(
      'ELOGFILE',
      `The log file ${file} cannot be written.`,
      (error as Error).message,
    )
  }
}
