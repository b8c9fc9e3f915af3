import type { JsonObject } from '../core/wire/json.ts'
import { isInternalHost } from './wire/address.ts'
import { Connector } from './wire/connect.ts'
import { fetchDocument } from './wire/fetch-document.ts'
import { Transport } from './wire/transport.ts'
import { mayName } from './identity/origins.ts'

/** Fetches what metadata names, where no proxy runs that could: under the rules that a proxy has. */
export class KeyFetcher {
  readonly #transport = new Transport(new Connector({}))

  /** @param from the URL of the document that names it */
  async fetch(url: string, from: string): Promise<JsonObject | undefined> {
    if (!URL.canParse(url) || !URL.canParse(from)) return undefined
    const isPublic = !isInternalHost(new URL(from).hostname)
    return mayName(new URL(url).origin, isPublic) === undefined
      ? fetchDocument(this.#transport, url)
      : undefined
  }

  async close(): Promise<void> {
    await this.#transport.close()
  }
}
