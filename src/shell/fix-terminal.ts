import { spawnSync } from 'node:child_process'
import { leaveSequence } from '../tui/term/term.ts'
import { exitCodes } from './exit.ts'
import { print } from './output.ts'

/** Undoes what the terminal UI asks of a terminal, where it was killed and could not: modes of the screen, then of the line. */
export async function fixTerminal(): Promise<number> {
  await print(leaveSequence)
  // Without stty (Windows) there is nothing more to be done.
  spawnSync('stty', ['sane'], { stdio: ['inherit', 'ignore', 'ignore'] })
  return exitCodes.fine
}
