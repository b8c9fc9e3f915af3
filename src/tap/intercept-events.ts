import { isUtf8 } from 'node:buffer'
import { decided } from '../core/intercept/decision.ts'
import { eventText, readEvent } from '../core/intercept/event-text.ts'
import type { Plan } from '../core/intercept/interceptor.ts'
import type { Message } from '../core/intercept/message.ts'
import type { Desk } from './desk.ts'
import type { EventsChange } from './wire/head-plan.ts'
import type { Recording } from './wire/record.ts'

/** Does to each event of a stream what is to be done to it. */
export function changeEvents(
  plan: Plan,
  head: Message,
  recording: Recording,
  desk: Desk,
  passes: () => void,
): EventsChange {
  return {
    passes,
    async change(bytes) {
      const event = isUtf8(bytes) ? readEvent(bytes.toString(), head) : undefined
      if (event === undefined) return bytes
      const done = plan.carryOutOnEvent(event)
      const decision = plan.isHeld ? await desk.hold(recording, done.message, '') : undefined
      const outcome = decision === undefined ? done : decided(done, decision, 'upstream')
      recording.touched.push(...outcome.changes)
      if (outcome.cut !== undefined) return outcome.cut
      return outcome.changes.length === 0 ? bytes : Buffer.from(eventText(outcome.message))
    },
  }
}
