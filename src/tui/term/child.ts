import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { safeLines } from '../../core/wire/safe-text.ts'
import type { Environment } from './capability.ts'
import { parseUrl } from '../../core/wire/parse-url.ts'

export interface ChildEnd {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not be started, as a sentence. */
  readonly failure?: string
}

/** The pager's words. A program and its arguments; never a line for a shell. */
export function pagerCommand(env: Environment, platform: NodeJS.Platform): string[] {
  return commandOf(env['PAGER'], platform === 'win32' ? 'more' : 'less')
}

export function editorCommand(env: Environment, platform: NodeJS.Platform): string[] {
  return commandOf(env['VISUAL'] || env['EDITOR'], platform === 'win32' ? 'notepad' : 'vi')
}

function commandOf(text: string | undefined, standard: string): string[] {
  const parts = (text ?? '').match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? []
  const command = parts.map((part) => (/^["']/.test(part) ? part.slice(1, -1) : part))
  return command[0] ? command : [standard]
}

/**
 * Runs a program on a file with this text, and on our terminal. The file is in a folder of its own that only we can
 * enter. Folder and program end with us, if not before.
 */
export async function runOnText(
  command: readonly string[],
  text: string,
  env: Environment,
): Promise<ChildEnd> {
  const folder = mkdtempSync(join(tmpdir(), 'authtap-'))
  const clean = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', clean)
  try {
    const file = join(folder, 'text.txt')
    writeFileSync(file, safeLines(text), { mode: 0o600, flag: 'wx' })
    return await run([...command, file], env)
  } finally {
    process.removeListener('exit', clean)
    clean()
  }
}

/** Runs a program on our terminal. */
export function run([program, ...args]: readonly string[], env: Environment): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const child = spawn(program!, args, {
      stdio: 'inherit',
      shell: false,
      // less then runs no commands and writes no files (less(1), SECURITY).
      env: { ...env, LESSSECURE: '1' },
    })
    const kill = () => child.kill()
    process.once('exit', kill)
    const end = (how: ChildEnd) => {
      process.removeListener('exit', kill)
      resolve(how)
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      end({ code: null, signal: null, failure: `${program} cannot be started (${error.code}).` }),
    )
    child.once('exit', (code, signal) => end({ code, signal }))
  })
}

/** How to open a page in the browser; undefined where there is none to be seen, such as over ssh. */
export function browserCommand(
  url: string,
  env: Environment,
  platform: NodeJS.Platform,
): string[] | undefined {
  const { protocol, href } = parseUrl(url) ?? {}
  if (href === undefined) return undefined
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return undefined
  if (platform === 'darwin') return ['open', href]
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', href]
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open', href] : undefined
}

/** Starts a program that lives on its own, away from our terminal. `onFailure`: it is not there, or cannot be started. */
export function launch([program, ...args]: readonly string[], onFailure: () => void): void {
  const child = spawn(program!, args, { stdio: 'ignore', shell: false, detached: true })
  child.once('error', onFailure)
  child.unref()
}
