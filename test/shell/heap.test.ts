import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { built } from '../tools/built.mjs'

const heap = pathToFileURL(built('src/shell/heap.js')).href

/** Keeps the newest of many objects, as a session does. Tells how often the whole heap was collected, and the space for new objects. */
function collections(before: string): { major: number; forNew: number } {
  const script = `
    ${before}
    const { PerformanceObserver, constants } = await import('node:perf_hooks')
    const { getHeapSpaceStatistics } = await import('node:v8')
    let major = 0
    let forNew = 0
    new PerformanceObserver((list) => {
      major += list.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR).length
    }).observe({ entryTypes: ['gc'] })
    const newest = []
    for (let turn = 0; turn < 300; turn += 1) {
      for (let each = 0; each < 500; each += 1) {
        newest[(turn * 500 + each) % 20000] = Array.from({ length: 200 }, (_, at) => at + 0.5)
      }
      const space = getHeapSpaceStatistics().find((one) => one.space_name === 'new_space')
      forNew = Math.max(forNew, space.space_size)
      await new Promise(setImmediate)
    }
    console.log(JSON.stringify({ major, forNew }))`
  const answer = execFileSync(process.execPath, ['--input-type=module', '-e', script])
  return JSON.parse(answer.toString()) as { major: number; forNew: number }
}

describe('a process that is left running', () => {
  const alone = collections('')
  const low = collections(`(await import('${heap}')).keepHeapLow()`)

  test('collects its garbage before the heap is several times as large as what is in use', () => {
    expect(low.major).toBeGreaterThan(alone.major * 1.5)
  })

  test('sets little aside for new objects', () => {
    expect(low.forNew).toBeLessThan(48 * 1024 * 1024)
  })
})
