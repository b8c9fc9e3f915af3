import { constants } from 'node:os'

/** Why the terminal UI ended without being asked to. `code`: what the process should exit with. */
export type ExitReason =
  | { readonly kind: 'signal'; readonly signal: EndSignal; readonly code: number }
  | { readonly kind: 'error'; readonly error: unknown; readonly code: 70 }

export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT'

const endSignals: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

export function signalReason(signal: EndSignal): ExitReason {
  return { kind: 'signal', signal, code: 128 + constants.signals[signal] }
}

/**
 * Calls back when the process is about to end, before anybody else is told: whoever prints then finds the terminal as
 * it was. `onEnd` gets no reason when the process exits by itself. Returns how to stop watching.
 */
export function watchEnding(onEnd: (reason?: ExitReason) => void): () => void {
  const fail = (error: unknown) => onEnd({ kind: 'error', error, code: 70 })
  const exit = () => onEnd()
  const signals = endSignals.map((name) => [name, () => onEnd(signalReason(name))] as const)
  for (const [name, listener] of signals) process.prependListener(name, listener)
  process.prependListener('uncaughtException', fail)
  process.prependListener('unhandledRejection', fail)
  process.prependListener('exit', exit)
  return () => {
    for (const [name, listener] of signals) process.removeListener(name, listener)
    process.removeListener('uncaughtException', fail)
    process.removeListener('unhandledRejection', fail)
    process.removeListener('exit', exit)
  }
}

/** The keys that interrupt are meant for a program that has our terminal. Returns how to hear them again. */
export function leaveInterruptsToChild(): () => void {
  const restores = (['SIGINT', 'SIGQUIT'] as const).map((name) => {
    const listeners = process.rawListeners(name) as NodeJS.SignalsListener[]
    const ignore = () => {}
    process.removeAllListeners(name)
    process.on(name, ignore)
    return () => {
      process.removeListener(name, ignore)
      for (const listener of listeners) process.on(name, listener)
    }
  })
  return () => restores.forEach((restore) => restore())
}
