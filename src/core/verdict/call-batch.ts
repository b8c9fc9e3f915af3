import type { Model } from '../flow/ordinary.ts'
import type { Exchange } from '../wire/exchange.ts'
import { type Call, type Event, callOf, stepView } from './event.ts'

/** Of a batch so many calls are told whole: the newest ones. */
const wholeCalls = 20

type Open = { -readonly [Name in keyof Call]: Call[Name] }

/** Calls that tell nothing new, until they are told together: those that are alike and follow one another are one event. */
export class CallBatch {
  #alike: { readonly model: Model; readonly calls: Open[] }[] = []
  #whole: Open[] = []

  /** @param isWhole somebody looks at all of it */
  add(exchange: Exchange, model: Model, isWhole: boolean): void {
    const call: Open = callOf(exchange)
    const last = this.#alike.at(-1)
    if (last?.model === model) last.calls.push(call)
    else this.#alike.push({ model, calls: [call] })
    if (!isWhole) return
    call.exchange = exchange
    this.#whole.push(call)
    if (this.#whole.length > wholeCalls) delete this.#whole.shift()!.exchange
  }

  /** Empties it. */
  take(): Event[] {
    const alike = this.#alike
    this.#alike = []
    this.#whole = []
    return alike.map(({ model: { step, flow }, calls }) => {
      const model = { exchange: step.exchange, step: stepView(step), flow: flow.id }
      return { type: 'calls', calls: { model, calls } }
    })
  }
}
