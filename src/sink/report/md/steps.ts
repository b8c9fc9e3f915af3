import { counted, sentence } from '../../../core/verdict/words.ts'
import { type JudgedCapture, causeOf, flowsByInterest } from '../judged-capture.ts'
import { flowDiagram, flowTitle } from '../mermaid.ts'
import { type Message, type Sequence, isGap, sequenceOf, stepsIn } from '../sequence.ts'
import type { Block } from './blocks.ts'
import { codeBlock, folded, prose } from './escape.ts'
import { severitySigns } from './findings.ts'

/** More diagrams than these never fit into a comment. */
const drawnFlows = 20

/** The steps of the flow that matters most around the one that broke, and the flows as diagrams, folded. */
export function stepBlocks(capture: JudgedCapture): Block[] {
  const flows = flowsByInterest(capture.report)
  const drawn = flows.slice(0, drawnFlows).map((flow) => sequenceOf(capture, flow))
  const [first] = drawn
  const left = flows.length - drawn.length
  return [
    ...(first === undefined
      ? []
      : [{ text: stepsText(first, capture), rank: 2, what: 'the steps' }]),
    ...drawn.map((sequence, index) => ({
      text: folded(
        `Diagram: ${flowTitle(sequence.flow)}`,
        codeBlock(flowDiagram(sequence).trimEnd(), 'mermaid'),
      ),
      rank: index === 0 ? 2 : 7 + index,
      what: index === 0 ? 'the sequence diagram' : 'the diagram of another flow',
    })),
    ...(left === 0
      ? []
      : [
          {
            text: `${counted(left, 'more flow')} not drawn.`,
            rank: 3,
            what: 'how many flows are not drawn',
          },
        ]),
  ]
}

function stepsText(sequence: Sequence, { report }: JudgedCapture): string {
  const { items, flow } = sequence
  const at = items.findIndex((item) => !isGap(item) && item.broken)
  const head = `### Steps\n\n${prose(sentence(flowTitle(flow)))}`
  if (at < 0) return `${head}\n\n${run('', items)}`
  const broken = items[at] as Message
  const name = causeOf(report)?.past === true ? 'the step that was broken' : 'first broken step'
  return [
    head,
    run(' before it', items.slice(0, at)),
    `**${line(broken)}** ← ${name}`,
    run(' after it', items.slice(at + 1)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Steps in a row, folded. */
function run(where: string, items: Sequence['items']): string {
  if (items.length === 0) return ''
  const { steps, failed } = stepsIn(items)
  const how = failed === 0 ? '' : `, ${failed} failed`
  const lines = items.map((item) => `- ${isGap(item) ? prose(item.note) : line(item)}`)
  return folded(`${counted(steps, 'step')}${where}${how}`, lines.join('\n'))
}

function line(message: Message): string {
  const { exchange, question, answer } = message
  return `${signOf(message)} exchange ${prose(exchange, 40)}, ${prose(question)}${answer === '' ? '' : `: ${prose(answer)}`}`
}

function signOf({ ok, sought, fault, broken }: Message): string {
  if (sought) return '·'
  if (!ok || broken || fault === 'error') return '✗'
  return fault === 'warning' ? severitySigns.warning : '✓'
}
