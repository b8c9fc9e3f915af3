import type { JsonObject } from '../../src/core/wire/json.ts'
import type { Exchange } from '../../src/core/wire/exchange.ts'
import type { CaptureOutcome } from '../../src/tap/capture/capture.ts'
import { openCapture } from '../../src/tap/capture/open.ts'

/** A capture that was gone through to its end. */
export interface Gathered extends CaptureOutcome {
  readonly exchanges: readonly Exchange[]
  readonly authtap: JsonObject | undefined
}

/** Reads a capture whole. */
export async function readCapture(
  path: string,
  options: { prefix?: string } = {},
): Promise<Gathered> {
  const capture = await openCapture(path, options)
  try {
    const exchanges: Exchange[] = []
    for await (const exchange of capture.exchanges()) exchanges.push(exchange)
    return { exchanges, authtap: capture.authtap, ...capture.outcome() }
  } finally {
    await capture.close()
  }
}
