import { safeJson } from '../../core/wire/safe-text.ts'
import type { JudgedCapture } from './judged-capture.ts'

/** The report object alone, as `analyze --format json` prints it. */
export function* json({ report }: JudgedCapture): Iterable<string> {
  yield `${safeJson(JSON.stringify(report, null, 2))}\n`
}
