import type { Change, Headers } from '../wire/exchange.ts'

/** A request or an answer on its way, in upstream space: as the one side sent it, before the other side gets it. */
export interface Message {
  readonly side: 'request' | 'response'
  readonly method: string
  readonly url: string
  /** Of an answer. */
  readonly status: number
  /** Without the fields of the hop. */
  readonly headers: Headers
  /** It only sends a browser on, and nobody answers it. */
  readonly sendsOn?: true
  /** One event of a stream: its fields stand for headers, its data for the body. */
  readonly isEvent?: true
  /** Without content codings; undefined where it flows by and is not to be changed. */
  readonly body: string | undefined
}

/** Who sent it: an authorization response is a request, and comes from the upstream. */
export type Sender = 'client' | 'upstream'

/** An answer in place of the server's. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

/** How a connection is ended on purpose. */
export interface Cut {
  /** In order, or by reset. */
  readonly how: 'closed' | 'reset'
  /** With nothing sent, or in the middle of the body. */
  readonly after: 'nothing' | 'half'
}

/** How late an answer is, all in milliseconds. */
export interface Pace {
  /** Before anything of it. */
  readonly after: number
  /** Before each byte of its body. */
  readonly each: number
}

/** What became of a message. */
export interface Outcome {
  readonly message: Message
  readonly changes: readonly Change[]
  readonly answer?: Answer
  readonly cut?: Cut
  readonly pace?: Pace
}
