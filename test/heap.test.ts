import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'

const heap = new URL('../dist/src/heap.js', import.meta.url).href

/** Keeps the newest of many objects, as a session does, and tells how often the whole heap was collected. */
function collections(before: string): number {
  const script = `
    ${before}
    const { PerformanceObserver, constants } = await import('node:perf_hooks')
    let major = 0
    new PerformanceObserver((list) => {
      major += list.getEntries().filter(({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR).length
    }).observe({ entryTypes: ['gc'] })
    const newest = []
    for (let turn = 0; turn < 300; turn += 1) {
      for (let each = 0; each < 500; each += 1) {
        newest[(turn * 500 + each) % 20000] = Array.from({ length: 200 }, (_, at) => at + 0.5)
      }
      await new Promise(setImmediate)
    }
    console.log(major)`
  const flags = ['--input-type=module']
  return Number(execFileSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' }))
}

describe('a process that is left running', () => {
  test('collects its garbage before the heap is several times as large as what is in use', () => {
    const alone = collections('')
    const low = collections(`(await import('${heap}')).keepHeapLow()`)
    expect(low).toBeGreaterThan(alone * 1.5)
  })
})
