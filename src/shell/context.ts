/** What a command may know of the process it runs in; tests give another. */
export interface Context {
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  columns(): number
  /** Resolves at the first SIGINT or SIGTERM. */
  readonly ending: Promise<'SIGINT' | 'SIGTERM'>
  /** Which way a signal is passed on to a client that was started; set while one runs. */
  onSignal: ((signal: NodeJS.Signals) => void) | undefined
}
