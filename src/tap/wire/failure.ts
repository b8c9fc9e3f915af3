import type { Failure } from '../../core/wire/exchange.ts'

export type Phase = Failure['phase']

const dnsCodes = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'EAI_NONAME',
  'ENODATA',
  'ESERVFAIL',
])

/** The phase that an error code betrays, when it does. */
export function phaseOf(error: Error, otherwise: Phase): Phase {
  return dnsCodes.has(codeOf(error) ?? '') ? 'dns' : otherwise
}

export function codeOf(error: Error): string | undefined {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : undefined
}

export function describeFailure(error: Error, phase: Phase): Failure {
  // undici's parser gives a reason, but no code.
  const unnamed = error.name === 'HTTPParserError' ? 'ENOTHTTP' : 'EUNKNOWN'
  return { phase, code: codeOf(error) ?? unnamed, message: messageOf(error) }
}

/** Attempts on several addresses come as one error without a message of its own (RFC 8305). */
function messageOf(error: Error): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors
      .map((each) => (each instanceof Error ? each.message : String(each)))
      .join('; ')
  return error.message
}

/** The connection was cut by a reset rather than closed in order. */
export function wasReset(error: Error): boolean {
  return codeOf(error) === 'ECONNRESET'
}
