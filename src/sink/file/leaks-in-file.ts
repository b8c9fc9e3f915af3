import { createReadStream } from 'node:fs'

/** Whether a file holds a secret by what is known now: a value may turn out to be one after it was written. No line is cut in two. */
export async function leaksInFile(
  path: string,
  leaks: (text: string) => boolean,
): Promise<boolean> {
  let lines = ''
  for await (const chunk of createReadStream(path, {
    encoding: 'utf8',
    highWaterMark: 1024 * 1024,
  }) as AsyncIterable<string>) {
    const end = chunk.lastIndexOf('\n') + 1
    lines += chunk.slice(0, end)
    if (end > 0 && leaks(lines)) return true
    lines = end > 0 ? chunk.slice(end) : lines + chunk
  }
  return leaks(lines)
}
