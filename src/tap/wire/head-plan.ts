import type { Headers, Touch } from '../../core/wire/exchange.ts'
import type { Cut, Pace } from '../../core/intercept/message.ts'
import type { FlatHeaders } from './transport.ts'

export interface Head {
  readonly status: number
  readonly statusText: string
  readonly headers: Headers
}

/** Changes the first bytes of a stream; `undefined` asks for more of them. */
export interface OpeningChange {
  change(chunk: Buffer, touched: (touch: Touch) => void): Buffer | undefined
  /** What is still held back when the stream ends. */
  rest(): Buffer
}

/** Changes the events of a stream, one after the other. */
export interface EventsChange {
  /** Resolves with what goes on in the place of an event, or with how the connection ends. */
  change(event: Buffer): Promise<Buffer | Cut>
  /** An event passes as it is because of its size. */
  passes(): void
}

/** What the client gets for an upstream's head. */
export type HeadPlan =
  | (TranslatedHead & {
      readonly kind: 'stream'
      readonly opening?: OpeningChange
      readonly events?: EventsChange
    })
  | (TranslatedHead & {
      /** The body is changed as a whole; one above the limit flows unchanged under `headers`. */
      readonly kind: 'whole'
      readonly limit: number
      /** Told when it does. */
      passes?(): void
      change(body: Buffer): Promise<ChangedWhole>
    })
  /** The client is to see nothing of it, and its connection ends on purpose. */
  | { readonly kind: 'cut'; readonly reset: boolean; readonly touches: readonly Touch[] }
  /** The client is not to see this response: the request is made again. */
  | { readonly kind: 'again' }

export interface TranslatedHead {
  readonly headers: FlatHeaders
  readonly touches: readonly Touch[]
  /** In place of the upstream's. */
  readonly status?: number
}

/** A response as the client gets it, changed as a whole. */
export interface ChangedWhole extends TranslatedHead {
  readonly body: Buffer
  /** The client's connection is ended on purpose. */
  readonly cut?: Cut
  /** It is late on purpose. */
  readonly pace?: Pace
}
