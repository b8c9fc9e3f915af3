import { type JsonObject, readDocument, objectOf } from '../../core/wire/json.ts'
import { toPairs } from './headers.ts'
import type { FlatHeaders, Transport } from './transport.ts'

/** A set of keys is a few kilobytes. */
const sizeLimit = 256 * 1024
/** In milliseconds. */
const patience = 5000

/**
 * Fetches a JSON object, without credentials and without following a redirect; undefined for everything else: another
 * status, a longer answer, a server that is slow or cannot be reached.
 */
export function fetchDocument(transport: Transport, url: string): Promise<JsonObject | undefined> {
  const { origin, host, pathname, search } = new URL(url)
  const chunks: Buffer[] = []
  let size = 0
  let headers: FlatHeaders = []
  let stop: () => void = ignore
  const answered = new Promise<JsonObject | undefined>((resolve) => {
    const none = () => resolve(undefined)
    const flight = transport.send(
      {
        origin,
        method: 'GET',
        path: pathname + search,
        headers: ['Host', host, 'Accept', 'application/json', 'Accept-Encoding', 'identity'],
        body: undefined,
        length: undefined,
      },
      {
        sent: ignore,
        interim: ignore,
        head: (status, _text, fields) => {
          headers = fields
          if (status !== 200) none()
        },
        data: (chunk) => {
          size += chunk.length
          if (size > sizeLimit) none()
          else chunks.push(chunk)
        },
        end: () => {
          const body = { bytes: Buffer.concat(chunks), dropped: 0 }
          resolve(objectOf(readDocument({ headers: toPairs(headers), body })))
        },
        failed: none,
      },
    )
    const timer = setTimeout(none, patience)
    timer.unref()
    stop = () => {
      clearTimeout(timer)
      flight.abort()
    }
  })
  return answered.finally(() => stop())
}

function ignore(): void {}
