import { readFileSync } from 'node:fs'

/** How long a stop may take to arrive, and how often to look whether we are in the foreground, in milliseconds. */
const stopTime = 100
const lookTime = 250

/**
 * Job control: being stopped (C-z, SIGTSTP) and continued (fg). `leave` gives the terminal back, `enter` takes it
 * again, `refresh` is called when we were continued without having been told of the stop.
 */
export class Job {
  readonly #leave: () => void
  readonly #enter: () => void
  readonly #refresh: () => void
  #stopped = false
  #timer: NodeJS.Timeout | undefined

  constructor({ leave, enter, refresh }: Record<'leave' | 'enter' | 'refresh', () => void>) {
    this.#leave = leave
    this.#enter = enter
    this.#refresh = refresh
    this.watch()
  }

  watch(): void {
    if (process.platform === 'win32') return
    process.on('SIGTSTP', this.stop)
    process.on('SIGCONT', this.#continue)
  }

  /** A child has the terminal, and is stopped and continued with us: nothing is ours to do. */
  unwatch(): void {
    clearTimeout(this.#timer)
    process.removeListener('SIGTSTP', this.stop)
    process.removeListener('SIGCONT', this.#continue)
  }

  /** Gives the terminal back and stops the whole job, as the terminal itself would: `npx` waits for us. */
  stop = (): void => {
    if (this.#stopped || process.platform === 'win32') return
    this.#stopped = true
    this.#leave()
    // Without a listener the signal does what it is for.
    process.removeListener('SIGTSTP', this.stop)
    process.kill(0, 'SIGTSTP')
    // An orphaned job cannot be stopped (POSIX, "Terminal Access Control"): then nobody continues it either.
    this.#timer = setTimeout(this.#continue, stopTime)
  }

  #continue = (): void => {
    clearTimeout(this.#timer)
    if (!this.#stopped) return this.#refresh()
    if (!inForeground()) {
      this.#timer = setTimeout(this.#continue, lookTime)
      return
    }
    this.#stopped = false
    process.on('SIGTSTP', this.stop)
    this.#enter()
  }
}

/** False where the shell has the terminal (bg): painting would go over its lines, and asking for keys would stop us. */
function inForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [group, foreground] = [fields[2], fields[5]]
    return group === foreground
  } catch {
    return true
  }
}
