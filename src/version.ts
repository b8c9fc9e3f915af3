import { readFileSync } from 'node:fs'

/** The version in package.json, which lies beside `src` in the sources and beside `dist` in what is published. */
export const version: string = readVersion()

function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
        version?: string
      }
      if (version !== undefined) return version
    } catch {
      continue
    }
  }
  return '0.0.0'
}
