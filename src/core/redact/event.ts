import type { Event } from '../verdict/event.ts'
import type { Redactor, Safe } from './redactor.ts'

/** An event with no secret in it. An exchange is walked place by place, everything else as the JSON it is. */
export function redactEvent(event: Event, redactor: Redactor): Safe<Event> {
  if (event.type !== 'exchange') return redactor.value(event)
  const { exchange, step, flow } = event.exchange
  const clean: Event = {
    type: 'exchange',
    exchange: {
      exchange: redactor.exchange(exchange),
      step: { ...step, summary: redactor.text(step.summary) },
      flow,
    },
  }
  return clean as Safe<Event>
}
