import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createRedactor } from '../../../src/core/redact/redactor.ts'
import { ownText } from '../../../src/core/wire/own-text.ts'
import { NewLabels } from '../../../src/sink/file/new-labels.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** A text of 200 kB that ends so. */
function longText(end: string): string {
  return `${'x'.repeat(200_000)} ${end}`.replace('x', 'y')
}

test.each(['plain text that is long', 'with ‹marks›, \ud83d\ude00 and half a \ud83d'])(
  'a copy is the same text: %s',
  (text) => {
    expect(ownText(text)).toBe(text)
  },
)

test('what is remembered of a text does not hold on to all of it', () => {
  const redactor = createRedactor({ key: Buffer.alloc(32, 7) })
  const labels = new NewLabels(redactor)
  const before = heap()
  for (let at = 0; at < 500; at += 1) {
    const hash = at.toString(16).padStart(16, '0')
    labels.lines([longText(`‹code:${hash}›`)])
    redactor.text(longText(`Bearer a1b2C3d4E5f6G7h8${hash} `))
  }
  expect(heap() - before).toBeLessThan(30_000_000)
})
