import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import type { Environment } from './capability.ts'
import { type ChildEnd, run } from './child.ts'

/** What a person made of a text, or why she could not. */
export type Edited = { readonly text: string } | { readonly failure: string }

const prefix = 'authtap-held-'

/**
 * Lets a person change a text in an editor, on our terminal. It may hold secrets: the file is in a folder that only we can
 * enter and goes with it, at the latest when we end; an editor that is known is told to keep nothing of it elsewhere.
 */
export async function editText(
  command: readonly string[],
  text: string,
  env: Environment,
): Promise<Edited> {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const clean = () => removeFolder(folder)
  process.once('exit', clean)
  try {
    chmodSync(folder, 0o700)
    const file = join(folder, 'held.http')
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' })
    const end = await run([...keepingNothing(command, env), file], env)
    const failure = failureOf(end, command[0]!)
    return failure === undefined ? { text: readFileSync(file, 'utf8') } : { failure }
  } catch (error) {
    return {
      failure: `What was written cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    }
  } finally {
    process.removeListener('exit', clean)
    clean()
  }
}

/** Removes what an authtap left that was killed while a person edited. */
export function removeLeftovers(remove: (path: string) => void = removeFolder): void {
  for (const name of namesIn(tmpdir())) {
    const [, pid] = /^authtap-held-(\d{1,9})-/.exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    try {
      remove(join(tmpdir(), name))
    } catch {
      // Somebody else's.
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function failureOf({ code, signal, failure }: ChildEnd, program: string): string | undefined {
  if (failure !== undefined) return failure
  if (signal !== null) return `${program} ended with ${signal}, and what it wrote does not count.`
  return code === 0 ? undefined : `${program} ended with ${code}, and what it wrote does not count.`
}

/** No swap file, no backup, no undo file, no registers that outlive the editor; said last, after the person's own settings. */
const vim = ['-n', '-i', 'NONE', '-c', 'set noswapfile nobackup nowritebackup noundofile']
const emacs = [
  '--eval',
  '(setq make-backup-files nil auto-save-default nil create-lockfiles nil savehist-mode nil)',
]

/** The command with what keeps an editor that is known from writing copies beside the file. */
export function keepingNothing(
  [program = '', ...args]: readonly string[],
  env: Environment,
): string[] {
  const name = basename(realProgram(program, env))
  if (/^(?:n?vim|vim\..*)$/.test(name)) return [program, ...vim, ...args]
  return /^emacs(?!client)/.test(name) ? [program, ...emacs, ...args] : [program, ...args]
}

/** What a name such as vi stands for on this machine. */
function realProgram(program: string, env: Environment): string {
  const folders = program.includes('/') ? [''] : (env['PATH'] ?? '').split(delimiter)
  for (const folder of folders) {
    try {
      return realpathSync(folder === '' ? program : join(folder, program))
    } catch {
      // Not in this one.
    }
  }
  return program
}
