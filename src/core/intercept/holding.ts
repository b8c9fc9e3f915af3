import type { Decision } from './decision.ts'
import type { Holds } from './holds.ts'
import type { Message } from './message.ts'

/** A message that waits for a person, with its secrets. */
export interface HeldMessage {
  /** Of its exchange. */
  readonly id: string
  readonly message: Message
  /** What the URL of a request begins with, whatever a person writes. */
  readonly fixed: string
}

/** What a person can do about messages that are held. */
export interface Holding {
  readonly holds: Holds
  /** What is held of an exchange; undefined where nothing is, or no longer. */
  at(id: string): HeldMessage | undefined
  /** False when it is no longer held. */
  decide(id: string, decision: Decision): boolean
  /** Somebody is at work on it: it does not go on by itself. */
  work(id: string): void
  /** Nobody is any longer, and its time begins anew. */
  rest(id: string): void
}
