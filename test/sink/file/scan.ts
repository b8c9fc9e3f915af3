import { LastScan } from '../../../src/sink/file/last-scan.ts'

/** A scan that knows these secrets, as many as there are when it looks. */
export function scanFor(secrets: Iterable<string>): LastScan {
  const found = (text: string) => [...secrets].filter((secret) => text.includes(secret))
  return new LastScan({
    get known() {
      return [...secrets].length
    },
    leaks: (text) => (found(text).length > 0 ? 'token' : undefined),
    blank: (text) => {
      const hits = found(text)
      return {
        text: hits.reduce(
          (rest, secret) => rest.replaceAll(secret, '‹token:0123456789abcdef›'),
          text,
        ),
        kinds: hits.map(() => 'token'),
      }
    },
  })
}
