import type { FetchKeys } from '../core/wire/key-sets.ts'
import type { Options } from './arguments.ts'

/** How the keys of authorization servers are fetched: not at all, unless --verify-tokens says so. */
export interface Verifying {
  readonly fetchKeys: FetchKeys | undefined
  close(): Promise<void>
}

/** @param through fetches them by way of the proxy, where one runs */
export async function openVerifying(options: Options, through?: FetchKeys): Promise<Verifying> {
  if (!options.has('verify-tokens') || through !== undefined)
    return {
      fetchKeys: options.has('verify-tokens') ? through : undefined,
      close: () => Promise.resolve(),
    }
  // Who reads a file needs no HTTP, and waits for none to be loaded.
  const { KeyFetcher } = await import('../tap/keys.ts')
  const keys = new KeyFetcher()
  return { fetchKeys: (url, from) => keys.fetch(url, from), close: () => keys.close() }
}
