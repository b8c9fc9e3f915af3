import process from 'node:process'

/** What a command knows of the process it runs in: no terminal, and an end whenever `ending` resolves. */
export function contextOf(ending, env = process.env) {
  return {
    env,
    platform: process.platform,
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stderrIsTerminal: false,
    columns: () => 100,
    ending,
    onSignal: undefined,
  }
}
