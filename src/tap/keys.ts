import type { JsonObject } from '../core/wire/json.ts'
import { isInternalHost } from './wire/address.ts'
import { Connector } from './wire/connect.ts'
import { fetchDocument } from './wire/fetch-document.ts'
import { Transport } from './wire/transport.ts'
import { mayName } from './identity/origins.ts'
import { parseUrl } from '../core/wire/parse-url.ts'

/** Fetches what metadata names, where no proxy runs that could: under the rules that a proxy has. */
export class KeyFetcher {
  readonly #transport = new Transport(new Connector({}))

  /** @param from the URL of the document that names it */
  async fetch(url: string, from: string): Promise<JsonObject | undefined> {
    const [named, naming] = [parseUrl(url), parseUrl(from)]
    if (named === undefined || naming === undefined) return undefined
    return mayName(named.origin, !isInternalHost(naming.hostname)) === undefined
      ? fetchDocument(this.#transport, url)
      : undefined
  }

  async close(): Promise<void> {
    await this.#transport.close()
  }
}
