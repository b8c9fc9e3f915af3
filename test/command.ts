import { type ChildProcess, spawn } from 'node:child_process'
import { built } from './tools/built.mjs'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Resolves with the match once what was printed so far matches; rejects when the command ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
}

interface Settings {
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
  readonly cwd?: string
  /** Its standard input stays open, for what is typed later. */
  readonly keepInput?: true
}

/** Runs the built command, as a user would. */
export function start(
  args: readonly string[],
  { env, input, cwd, keepInput }: Settings = {},
): Started {
  const child = spawn(process.execPath, [built('src/cli.js'), ...args], {
    env: { ...process.env, CI: '1', ...env },
    cwd,
  })
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const look of waiting) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    for (const look of waiting) look()
  })
  child.stdin.on('error', () => {})
  if (keepInput !== true) child.stdin.end(input ?? '')
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr })
      for (const look of waiting) look()
    })
  })
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stdout) ?? pattern.exec(stderr)
        if (match !== null) {
          waiting.delete(look)
          resolve(match)
        } else if (child.exitCode !== null)
          reject(
            new Error(
              `it ended (${child.exitCode}) before it printed ${pattern}:\n${stdout}\n${stderr}`,
            ),
          )
      }
      waiting.add(look)
      look()
    })
  return { child, ended, printed }
}

export function run(args: readonly string[], settings: Settings = {}): Promise<Ended> {
  return start(args, settings).ended
}
