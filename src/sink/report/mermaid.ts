import type { FlowReport } from '../../core/verdict/report.ts'
import { safe } from '../../core/wire/safe-text.ts'
import { cut } from './cut.ts'
import { type JudgedCapture, flowsByInterest } from './judged-capture.ts'
import type { Lane } from './lanes.ts'
import { type Message, type Sequence, isGap, sequenceOf } from './sequence.ts'

/** More flows than this make no diagram that anybody reads. */
const flowLimit = 8

/** A Mermaid sequence diagram of all flows, the broken one first and the broken step in red. */
export function* mermaid(capture: JudgedCapture): Iterable<string> {
  const flows = flowsByInterest(capture.report)
  const shown = flows.slice(0, flowLimit).map((flow) => sequenceOf(capture, flow))
  yield 'sequenceDiagram\n'
  if (shown.length === 0) {
    yield '  participant C as Client\n  Note over C: nothing was seen\n'
    return
  }
  const lanes = new Map(shown.flatMap(({ lanes }) => lanes).map((lane) => [key(lane), lane]))
  const ids = new Map([...lanes].map(([name], index) => [name, `L${index + 1}`]))
  const id = (lane: Lane) => ids.get(key(lane))!
  for (const lane of lanes.values()) yield `  participant ${id(lane)} as ${laneLabel(lane)}\n`
  for (const sequence of shown) {
    if (flows.length > 1)
      yield `  Note over ${spanOf(sequence, id)}: ${label(flowTitle(sequence.flow))}\n`
    yield* lines(sequence, id)
  }
  if (flows.length > flowLimit)
    yield `  Note over ${id(shown[0]!.lanes[0]!)}: ${flows.length - flowLimit} more flows left out\n`
}

/** One flow as a diagram of its own. */
export function flowDiagram(sequence: Sequence): string {
  const id = (lane: Lane) => lane.id
  return [
    'sequenceDiagram\n',
    ...sequence.lanes.map((lane) => `  participant ${id(lane)} as ${laneLabel(lane)}\n`),
    ...lines(sequence, id),
  ].join('')
}

export function flowTitle({ id, resource, outcome }: FlowReport): string {
  return `flow ${id}${resource === null ? '' : ` for ${resource}`}: ${outcome}`
}

function key({ role, origin }: Lane): string {
  return `${role} ${origin}`
}

function laneLabel({ name, origin }: Lane): string {
  return origin === '' ? label(name) : `${label(name)}<br/>${label(origin)}`
}

function spanOf({ lanes }: Sequence, id: (lane: Lane) => string): string {
  const first = lanes[0]!
  const last = lanes.at(-1)!
  return first === last ? id(first) : `${id(first)},${id(last)}`
}

function* lines(sequence: Sequence, id: (lane: Lane) => string): Iterable<string> {
  for (const item of sequence.items) {
    if (isGap(item)) yield `  Note over ${spanOf(sequence, id)}: ${label(item.note)}\n`
    else if (item.broken) {
      yield '  rect rgba(220, 38, 38, 0.25)\n'
      for (const line of messageLines(item, id)) yield `  ${line}`
      yield `    Note over ${id(item.from)},${id(item.to)}: ✗ first broken step\n  end\n`
    } else yield* messageLines(item, id)
  }
}

function* messageLines(message: Message, id: (lane: Lane) => string): Iterable<string> {
  const { from, through, to, question, answer, ok, exchange } = message
  const text = label(`${exchange}. ${question}`)
  if (through === undefined) yield `  ${id(from)}->>${id(to)}: ${text}\n`
  else {
    yield `  ${id(from)}->>${id(through)}: ${text}\n`
    yield `  ${id(through)}->>${id(to)}: ${label(question)}\n`
  }
  if (answer !== '')
    yield `  ${id(to)}${ok ? '-->>' : '--x'}${id(from)}: ${ok ? '' : '✗ '}${label(answer)}\n`
}

/**
 * Text that means nothing to Mermaid: whatever is neither letter, digit, space nor a harmless mark is written as a
 * character code. `;` would end the statement, `#` begin a code, `%%` a comment, `<` markup.
 */
function label(text: string): string {
  const plain = cut(safe(text), 100).replace(
    /[^\p{L}\p{N} .,:/()=_?!+‹›…✗-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  )
  // A line that is this word alone would close a block.
  return /^\s*end\s*$/i.test(plain) ? `(${plain.trim()})` : plain.trim() === '' ? '…' : plain
}
