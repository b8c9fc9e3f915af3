import type { Change } from '../wire/exchange.ts'
import { differences } from './difference.ts'
import type { Answer, Cut, Message, Outcome, Pace, Sender } from './message.ts'

/** What becomes of a message that was held. */
export type Decision =
  /** On its way, as it is or as a person changed it. */
  | { readonly does: 'go'; readonly message?: Message }
  /** To nobody: this is answered in the server's place. */
  | { readonly does: 'answer'; readonly answer: Answer }
  | { readonly does: 'cut'; readonly how: Cut['how'] }

type By = Pick<Change, 'by' | 'why' | 'fault'>

const byHand: By = { by: 'person', why: 'changed by hand while it was held' }

/** The outcome with what was decided on top of it. */
export function decided(outcome: Outcome, decision: Decision, sender: Sender): Outcome {
  switch (decision.does) {
    case 'go': {
      if (decision.message === undefined) return outcome
      const changes = differences(outcome.message, decision.message).map(
        ({ at, before, after }): Change => ({ at, ...sides(sender, before, after), ...byHand }),
      )
      return { ...outcome, message: decision.message, changes: [...outcome.changes, ...changes] }
    }
    case 'answer':
      return answered(outcome, decision.answer, byHand)
    case 'cut':
      return cutOff(outcome, { how: decision.how, after: 'nothing' }, sender, byHand)
  }
}

export function answered(outcome: Outcome, answer: Answer, by: By): Outcome {
  const change = { at: 'response.status', client: String(answer.status), upstream: '', ...by }
  return { ...outcome, answer, changes: [...outcome.changes, change] }
}

export function cutOff(outcome: Outcome, cut: Cut, sender: Sender, by: By): Outcome {
  const { side, method, status } = outcome.message
  const at = side === 'request' ? 'request.method' : 'response.status'
  const text = side === 'request' ? method : String(status)
  const change = { at, ...sides(sender, text, ''), ...by }
  return { ...outcome, cut, changes: [...outcome.changes, change] }
}

/** Answers alone are late: a request would be as well, for whoever waits for its answer. */
export function slowed(outcome: Outcome, pace: Pace, by: By): Outcome {
  const client = [
    ...(pace.after === 0 ? [] : [`after ${pace.after / 1000} s`]),
    ...(pace.each === 0 ? [] : [`a byte each ${pace.each / 1000} s`]),
  ].join(', ')
  const change = { at: 'response.body', client, upstream: 'at once', ...by }
  return { ...outcome, pace, changes: [...outcome.changes, change] }
}

/** Both sides of a value: what its sender sent stands first. */
export function sides(
  sender: Sender,
  before: string,
  after: string,
): Pick<Change, 'client' | 'upstream'> {
  return sender === 'client'
    ? { client: before, upstream: after }
    : { client: after, upstream: before }
}
