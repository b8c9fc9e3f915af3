import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { ReverseOptions } from '../../src/tap/reverse-options.ts'
import { startReverse, type Listening } from '../../src/tap/reverse.ts'
import type { StartProxy } from './play.ts'

export interface Tapped {
  readonly startProxy: StartProxy
  /** The last version of every exchange, in the order in which they began. */
  readonly exchanges: readonly Exchange[]
  readonly notices: readonly string[]
  /** What kind of notice each is. */
  readonly codes: readonly string[]
  /** What the proxy listened on, and what it had mapped when it was stopped. */
  readonly listening: Listening
}

/** Authtap as the proxy of one flow, and what it recorded. */
export function tapped(options: Pick<ReverseOptions, 'relay' | 'identity'> = {}): Tapped {
  const exchanges = new Map<string, Exchange>()
  const notices: string[] = []
  const codes: string[] = []
  let listening: Listening | undefined
  return {
    startProxy: async (mcpUrl) => {
      const tap = await startReverse({
        ...options,
        targets: [mcpUrl],
        port: 0,
        emit: (exchange) => exchanges.set(exchange.id, exchange),
        notice: ({ code, text }) => {
          codes.push(code)
          notices.push(text)
        },
      })
      return {
        url: tap.listening.urls[0]!.url,
        stop: async () => {
          listening = tap.listening
          await tap.stop()
        },
      }
    },
    get exchanges() {
      return [...exchanges.values()]
    },
    notices,
    codes,
    get listening() {
      if (listening === undefined) throw new Error('the proxy was not stopped')
      return listening
    },
  }
}
