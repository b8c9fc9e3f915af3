import type { Exchange } from '../../core/wire/exchange.ts'
import { TranscriptError, parseTranscript } from '../../core/transcript/transcript.ts'
import { unreadable } from './unreadable.ts'

/** Transcripts are written by hand or by curl; what is larger is none. In bytes. */
const limit = 64 * 1024 * 1024

/** Reads a transcript to its end. Throws UserError (ECAPTURE) with the line that cannot be read. */
export async function readTranscript(
  chunks: AsyncIterable<Buffer>,
  name: string,
  prefix: string,
): Promise<Exchange[]> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > limit)
      throw unreadable(name, 'it is not a HAR file, and it is too large for a transcript')
    pieces.push(chunk)
  }
  try {
    const exchanges = parseTranscript(Buffer.concat(pieces).toString())
    return exchanges.map((exchange) => ({ ...exchange, id: prefix + exchange.id }))
  } catch (error) {
    if (!(error instanceof TranscriptError)) throw error
    throw unreadable(
      name,
      `it is not a HAR file, and line ${error.line} is wrong for a transcript: ${error.message}`,
    )
  }
}
