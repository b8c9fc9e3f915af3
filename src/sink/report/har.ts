import { harSchema, toEntry } from '../../core/har/write.ts'
import type { LogFacts } from '../../core/har/entry.ts'
import type { WholeCapture } from './judged-capture.ts'

/** The capture as HAR 1.2, redacted, with the verdict inside. An entry stands on a line of its own. */
export async function* har({
  report,
  every,
  labels,
  targets,
}: WholeCapture): AsyncIterable<string> {
  const head = { version: '1.2', creator: { name: 'authtap', version: report.tool.version } }
  yield `{"log":${JSON.stringify({ ...head, pages: [] }).slice(0, -1)},"entries":[\n`
  let separator = ''
  for await (const { exchange, step, flow } of every()) {
    yield separator + JSON.stringify(toEntry(exchange, { step, flow }))
    separator = ',\n'
  }
  const facts: LogFacts = { schema: harSchema, redacted: true, report, labels }
  // Who reads it again knows as well as we did which calls are those of MCP.
  const known = targets.length === 0 ? facts : { ...facts, targets }
  yield `\n],"_authtap":${JSON.stringify(known)}}}\n`
}
