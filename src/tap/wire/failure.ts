import { type Exchange, type Failure, filesCode } from '../../core/wire/exchange.ts'
import { tooManyFiles } from '../../errors.ts'
import type { Notices } from '../notices.ts'

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
  if (isTooManyFiles(error)) return { phase, code: filesCode, message: error.message }
  // undici's parser gives a reason, but no code.
  const unnamed = error.name === 'HTTPParserError' ? 'ENOTHTTP' : 'EUNKNOWN'
  return { phase, code: codeOf(error) ?? unnamed, message: messageOf(error) }
}

/** Whether the system lets this process, or any, open nothing more; attempts on several addresses all failed for it. */
function isTooManyFiles(error: Error): boolean {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error]
  return errors.some((one) => one instanceof Error && /^E[MN]FILE$/.test(codeOf(one) ?? ''))
}

/** Attempts on several addresses come as one error without a message of its own (RFC 8305). */
function messageOf(error: Error): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors
      .map((each) => (each instanceof Error ? each.message : String(each)))
      .join('; ')
  return error.message
}

/**
 * How a request ends that gets no whole response: as the upstream ended its connection, or because HTTP allows what our
 * transport does not carry, which the upstream has no part in.
 */
export type Ending = 'closed' | 'reset' | 'unsupported'

const unsupportedCodes = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_HEADERS_OVERFLOW',
])

/** What undici says of an interim response that nobody asked for (RFC 9110 §15.2); its code is that of any lost connection. */
const unaskedInterim = new Set(['bad response', 'bad upgrade'])

export function endingOf(error: Error): Ending {
  const code = codeOf(error) ?? ''
  if (code === 'ECONNRESET') return 'reset'
  const isInterim = code === 'UND_ERR_SOCKET' && unaskedInterim.has(error.message)
  return isInterim || unsupportedCodes.has(code) ? 'unsupported' : 'closed'
}

export function tellTooManyFiles({ failure }: Exchange, notices: Notices): void {
  if (failure?.code !== filesCode) return
  const { message, hint } = tooManyFiles()
  const text = `${message} Requests that come now get no answer, and go through again once some are closed. ${hint}`
  notices.tell('warning', 'too-many-files', text)
}
