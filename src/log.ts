import pino from 'pino'
import type { Event } from './core/verdict/event.ts'
import type { Safe } from './core/redact/redactor.ts'
import { UserError } from './errors.ts'

/** authtap's own log: what it does and what goes wrong in it, as JSON lines. Takes redacted events only. */
export interface Log {
  readonly name: string
  event(event: Safe<Event>): void
  /** Exchanges are logged at the levels debug and trace only. */
  readonly exchanges: 'nothing' | 'outline'
  /** Something told to the person as well. */
  notice(code: string, text: Safe<string>): void
  /** Rejects with UserError (ELOGFILE) when the file could not be written whole. */
  close(): Promise<void>
}

/** Opens the log on a file or on standard error, never on what a command prints. Throws UserError (ELOGFILE). */
export function openLog(level: string, file: string | undefined): Log {
  const { logger, fault } = openLogger(level, file)
  return {
    name: 'The log',
    exchanges: logger.isLevelEnabled('debug') ? 'outline' : 'nothing',
    event(event) {
      switch (event.type) {
        case 'exchange': {
          const { exchange, step, flow } = event.exchange
          const { id, connection } = exchange
          return logger.debug({ id, connection, flow, kind: step.kind, ok: step.ok }, step.summary)
        }
        case 'finding': {
          const { id, rule, severity, fault, message } = event.finding
          return logger.info({ id, rule, severity, fault }, message)
        }
        case 'finding-withdrawn':
          return logger.info(event['finding-withdrawn'], 'finding withdrawn')
        case 'rule-crashed': {
          const { rule, message, flow } = event['rule-crashed']
          return logger.error({ rule, flow }, `rule crashed: ${message}`)
        }
        // Told each as an exchange.
        case 'calls':
          return
        case 'flow':
          return logger.trace({ id: event.flow.id, outcome: event.flow.outcome }, 'flow')
        case 'report':
          return logger.info(
            { verdict: event.report.verdict, exchanges: event.report.capture.exchanges },
            'report',
          )
      }
    },
    notice: (code, text) => logger.info({ code }, text),
    close: async () => {
      const unwritten = fault()
      if (unwritten !== undefined) throw unwritten
    },
  }
}

function openLogger(
  level: string,
  file: string | undefined,
): { logger: pino.Logger; fault: () => UserError | undefined } {
  let fault: UserError | undefined
  try {
    const destination = pino.destination(
      file === undefined ? { dest: 2, sync: true } : { dest: file, sync: true, mode: 0o600 },
    )
    const logger = pino({ level, base: { name: 'authtap', pid: process.pid } }, destination)
    destination.on('error', ({ code = 'an unknown error' }: NodeJS.ErrnoException) => {
      // What cannot be written would pile up.
      logger.level = 'silent'
      // Standard error itself has nowhere to be told of.
      if (file === undefined || fault !== undefined) return
      const sentence = `The log file ${file} could not be written whole: the system says ${code}.`
      fault = new UserError('ELOGFILE', sentence, 'Make room, or log to another place.')
      process.stderr.write(`authtap: ${sentence} What follows is not logged; all else goes on.\n`)
    })
    return { logger, fault: () => fault }
  } catch (error) {
    throw new UserError(
      'ELOGFILE',
      `The log file ${file} cannot be written.`,
      (error as Error).message,
    )
  }
}
