import { onTestFinished, vi } from 'vitest'

const hours = 9

/** Nine hours pass at once, for everybody in this process. */
export function nightPasses(): void {
  const morning = Date.now() + hours * 3_600_000
  vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true, advanceTimeDelta: 1 })
  vi.setSystemTime(morning)
  onTestFinished(() => void vi.useRealTimers())
}
