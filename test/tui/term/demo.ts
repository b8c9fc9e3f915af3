import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { open, type OpenOptions, type Session } from '../harness.ts'
import { compile } from './compile.ts'

export interface Demo {
  readonly session: Session
  /** What the program wrote down beside the screen. */
  log(): Record<string, unknown>[]
  pid(): number
}

export function demoScript(): string {
  return compile('test/tui/term/fixtures/demo.ts')
}

/** A folder that is gone after the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'authtap-demo-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** Starts the program of the fixtures and waits for its first picture. `wrap` makes another command of it. */
export async function startDemo(
  options: OpenOptions & { readonly lines?: readonly string[] } = {},
  wrap: (argv: readonly string[]) => readonly string[] = (argv) => argv,
): Promise<Demo> {
  const path = join(folder(), 'log')
  writeFileSync(path, '')
  const lines = options.lines === undefined ? {} : { DEMO_LINES: JSON.stringify(options.lines) }
  const session = open(wrap([process.execPath, demoScript()]), {
    columns: 80,
    rows: 14,
    ...options,
    env: { DEMO_LOG: path, ...lines, ...options.env },
  })
  await session.until('Q quit')
  const log = () =>
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  await session.until(() => log().some(({ pid }) => pid !== undefined))
  return { session, log, pid: () => log().find(({ pid }) => pid !== undefined)!['pid'] as number }
}
