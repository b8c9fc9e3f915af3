import type { Calls, Event, ExchangeEvent } from '../verdict/event.ts'
import type { Redactor, Safe } from './redactor.ts'

/** An event with no secret in it. An exchange is walked place by place, everything else as the JSON it is. */
export function redactEvent(event: Event, redactor: Redactor): Safe<Event> {
  if (event.type === 'calls') {
    const clean: Event = { type: 'calls', calls: redactCalls(event.calls, redactor) }
    return clean as Safe<Event>
  }
  if (event.type !== 'exchange') return redactor.value(event)
  const clean: Event = { type: 'exchange', exchange: redactExchange(event.exchange, redactor) }
  return clean as Safe<Event>
}

export function redactExchange(event: ExchangeEvent, redactor: Redactor): Safe<ExchangeEvent> {
  const { exchange, step, flow } = event
  const clean: ExchangeEvent = {
    exchange: redactor.exchange(exchange),
    step: { ...step, summary: redactor.text(step.summary) },
    flow: redactor.text(flow),
  }
  return clean as Safe<ExchangeEvent>
}

/** What is kept of most calls is numbers of ours. */
function redactCalls({ model, calls }: Calls, redactor: Redactor): Calls {
  return {
    model: redactExchange(model, redactor),
    calls: calls.map((call) =>
      call.exchange === undefined ? call : { ...call, exchange: redactor.exchange(call.exchange) },
    ),
  }
}
