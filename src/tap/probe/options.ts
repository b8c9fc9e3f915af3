import type { Exchange, Headers } from '../../core/wire/exchange.ts'
import type { TlsOptions } from '../wire/connect.ts'
import type { Recorder } from '../wire/recorder.ts'
import type { Tell } from './look.ts'

export interface ProbeOptions extends TlsOptions {
  /** The MCP endpoint. */
  readonly target: string
  /** What we call ourselves in User-Agent. */
  readonly agent: string
  readonly version: string
  /** Fields to send with every call to the MCP endpoint. */
  readonly headers: Headers
  readonly recorder: Recorder
  /** A word of its own for each server. */
  readonly connection: string
  /** Milliseconds that an answer may take. */
  readonly patience?: number
  emit(exchange: Exchange): void
  readonly tell: Tell
}
