import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { TtyWriter } from '../../../src/tui/term/out.ts'
import { folder } from './demo.ts'

const nowhere = { write: () => true }

/** A pipe with a name, which takes 64 kB and then no more until somebody reads: a terminal that can be stalled. */
function pipe() {
  const path = join(folder(), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  let open = true
  const hangUp = () => {
    if (open) closeSync(reader)
    open = false
  }
  onTestFinished(hangUp)
  const writer = new TtyWriter(nowhere, ['/nowhere', path])
  onTestFinished(() => writer.close())
  const buffer = Buffer.alloc(1 << 20)
  const read = (): string => {
    try {
      return buffer.subarray(0, readSync(reader, buffer)).toString()
    } catch {
      return ''
    }
  }
  return { writer, read, hangUp }
}

const much = 'x'.repeat(200_000)

describe('a terminal that reads', () => {
  test('gets everything at once', () => {
    const { writer, read } = pipe()
    writer.send('hello ')
    writer.send('日本')
    expect(writer.busy).toBe(false)
    expect(read()).toBe('hello 日本')
  })
})

describe('a terminal that has stopped reading', () => {
  test('makes the writer busy, and gets the rest in order when it reads again', async () => {
    const { writer, read } = pipe()
    const idle = new Promise<void>((resolve) => {
      writer.onIdle = resolve
    })
    writer.send(`${much}日本`)
    writer.send('end')
    expect(writer.busy).toBe(true)
    let got = ''
    const reading = setInterval(() => (got += read()), 1)
    await idle
    clearInterval(reading)
    expect(writer.busy).toBe(false)
    expect(got + read()).toBe(`${much}日本end`)
  })

  test('is left within the time given, and what it was in the middle of is cancelled', () => {
    const { writer, read } = pipe()
    writer.send(much)
    writer.finish('LEAVE', 20)
    const got = read()
    expect(got.length).toBeLessThan(much.length)
    expect(got).not.toContain('LEAVE')
    writer.send(much)
    read()
    writer.finish('LEAVE', 20)
    expect(read()).toBe('\x18LEAVE')
  })

  test('is not told to cancel anything when nothing was cut', () => {
    const { writer, read } = pipe()
    writer.send('whole')
    writer.finish('LEAVE', 20)
    expect(read()).toBe('wholeLEAVE')
  })
})

describe('a terminal that is gone', () => {
  test('is said to be gone, once, and nothing more is written', () => {
    const { writer, hangUp } = pipe()
    let gone = 0
    writer.onGone = () => void gone++
    hangUp()
    writer.send('hello')
    writer.send('hello')
    writer.finish('LEAVE', 20)
    expect(gone).toBe(1)
    expect(writer.busy).toBe(false)
  })
})

describe('a terminal that cannot be opened', () => {
  test('is written to through the stream, one picture at a time', () => {
    const written: string[] = []
    const callbacks: (() => void)[] = []
    const stream = {
      write(text: string, _: unknown, done?: () => void) {
        written.push(text)
        if (done !== undefined) callbacks.push(done)
        return true
      },
    }
    const writer = new TtyWriter(stream as never, ['/nowhere'])
    let idle = 0
    writer.onIdle = () => void idle++
    writer.send('one')
    expect(writer.busy).toBe(true)
    callbacks.pop()!()
    expect([writer.busy, idle]).toEqual([false, 1])
    writer.finish('LEAVE', 20)
    expect(written).toEqual(['one', 'LEAVE'])
  })
})
