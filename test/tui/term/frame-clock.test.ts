import { beforeEach, describe, expect, test } from 'vitest'
import { FrameClock } from '../../../src/tui/term/frame-clock.ts'

/** A clock that goes only when told to. */
class Hands {
  now = 1000
  readonly #due = new Set<{ at: number; then: () => void }>()

  readonly clock = {
    now: () => this.now,
    after: (milliseconds: number, then: () => void) => {
      const timer = { at: this.now + milliseconds, then }
      this.#due.add(timer)
      return () => void this.#due.delete(timer)
    },
  }

  get timers(): number {
    return this.#due.size
  }

  go(milliseconds: number): void {
    const end = this.now + milliseconds
    for (;;) {
      const next = [...this.#due].sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#due.delete(next)
      this.now = Math.max(this.now, next.at)
      next.then()
    }
    this.now = end
  }
}

let hands: Hands
let drawn: number[]
let busy: boolean
let frames: FrameClock

beforeEach(() => {
  hands = new Hands()
  drawn = []
  busy = false
  frames = new FrameClock(
    hands.clock,
    () => drawn.push(hands.now - 1000),
    () => busy,
  )
})

describe('frames', () => {
  test('the first change is drawn at once, and many in one turn are drawn together', () => {
    for (let count = 0; count < 50; count++) frames.invalidate()
    hands.go(0)
    expect(drawn).toEqual([0])
    hands.go(1000)
    expect(drawn).toEqual([0])
  })

  test('a change every millisecond is drawn thirty times a second', () => {
    for (let count = 0; count < 1000; count++) {
      frames.invalidate()
      hands.go(1)
    }
    expect(drawn.length).toBeGreaterThanOrEqual(29)
    expect(drawn.length).toBeLessThanOrEqual(31)
    const gaps = drawn.slice(1).map((at, index) => at - drawn[index]!)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(33)
  })

  test('a key is drawn within eight milliseconds of the frame before it', () => {
    frames.invalidate()
    hands.go(2)
    frames.hurry()
    frames.invalidate()
    hands.go(100)
    expect(drawn).toEqual([0, 8])
  })

  test('a key hurries a frame that was already due later', () => {
    frames.invalidate()
    hands.go(2)
    frames.invalidate()
    frames.hurry()
    hands.go(100)
    expect(drawn).toEqual([0, 8])
  })

  test('nothing is drawn, and nothing waits, when nothing changed', () => {
    frames.invalidate()
    hands.go(100)
    frames.hurry()
    frames.idle()
    expect(hands.timers).toBe(0)
    hands.go(10_000)
    expect(drawn).toEqual([0])
  })

  test('frames are left out while the terminal is busy, and the last one is not lost', () => {
    frames.invalidate()
    hands.go(1)
    busy = true
    for (let count = 0; count < 100; count++) {
      frames.invalidate()
      hands.go(10)
    }
    expect(drawn).toEqual([0])
    expect(hands.timers).toBe(0)
    busy = false
    frames.idle()
    hands.go(0)
    expect(drawn).toEqual([0, 1001])
  })

  test('a terminal that gets busy before a frame is due is waited for', () => {
    frames.invalidate()
    busy = true
    hands.go(0)
    expect(drawn).toEqual([])
    busy = false
    frames.idle()
    hands.go(0)
    expect(drawn).toEqual([0])
  })

  test('nothing is drawn after the end', () => {
    frames.invalidate()
    frames.stop()
    frames.idle()
    hands.go(1000)
    expect(drawn).toEqual([])
  })
})
