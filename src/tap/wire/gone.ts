import { cutCode, type Failure } from '../../core/wire/exchange.ts'
import type { GoneBecause } from './connections.ts'

/** What is recorded of an exchange whose client does not wait for its answer. */
export function goneFailure(because: GoneBecause): Failure {
  return { phase: 'client-gone', ...goneNotes[because] }
}

const goneNotes: Readonly<Record<GoneBecause, Pick<Failure, 'code' | 'message'>>> = {
  closed: {
    code: 'ECLIENTGONE',
    message: 'the client closed the connection before the answer was complete',
  },
  stopping: { code: 'ESTOPPED', message: 'authtap was stopped before the answer was complete' },
  cut: {
    code: cutCode,
    message:
      'authtap closed the connection because an earlier request on it had failed; this one had no answer yet',
  },
}

/** What is said to a client in place of an answer that cannot be passed on. */
export function unsupported(origin: string, { code, message }: Failure): string {
  return `authtap cannot pass on this exchange with ${origin} (${code}, ${message}). This response is authtap's, not the server's.`
}

export const cutOnPurpose: Failure = {
  phase: 'http',
  code: cutCode,
  message: 'authtap was told to cut the connection here',
}
