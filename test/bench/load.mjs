/** The client, in a process of its own. */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers'
import { Pool } from 'undici'
import { work } from './child.mjs'
import { callBody, callHeaders } from './messages.mjs'
import { median } from './median.mjs'

const bodies = new Map([2048, 1024 * 1024].map((size) => [size, Buffer.from(callBody(1, size))]))
const pools = new Map()

function poolFor({ url, connections }) {
  const key = `${connections} ${url}`
  const known = pools.get(key)
  if (known !== undefined) return known
  const pool = new Pool(new URL(url).origin, { connections, headersTimeout: 20_000 })
  pools.set(key, pool)
  return pool
}

/** One request; resolves with its status when the answer is complete. */
function send(pool, options, onData = () => {}) {
  return new Promise((resolve, reject) => {
    let status
    pool.dispatch(options, {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code
      },
      onResponseData: (_controller, chunk) => onData(chunk),
      onResponseEnd: () => resolve(status),
      onResponseError: (_controller, error) => reject(error),
    })
  })
}

async function call(pool, url, size = 2048) {
  const path = `${new URL(url).pathname}?size=${size}`
  const body = bodies.get(size)
  const status = await send(pool, { path, method: 'POST', headers: callHeaders, body })
  if (status !== 200) throw new Error(`${url} answered ${status}`)
}

async function everyConnection({ url, connections, size }, goesOn) {
  const pool = poolFor({ url, connections })
  let requests = 0
  const one = async () => {
    while (goesOn(requests)) {
      requests += 1
      await call(pool, url, size)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, one))
  return { requests, perSecond: (requests * 1000) / (performance.now() - began) }
}

work({
  /** Requests a second, for so long. */
  async rate({ ms, ...where }) {
    const until = performance.now() + ms
    return everyConnection(where, () => performance.now() < until)
  },

  async calls({ count, ...where }) {
    return everyConnection(where, (requests) => requests < count)
  },

  /** Milliseconds a call takes at one connection, median. */
  async latency({ url, count }) {
    const pool = poolFor({ url, connections: 1 })
    const times = []
    for (let index = 0; index < count; index += 1) {
      const began = performance.now()
      await call(pool, url)
      times.push(performance.now() - began)
    }
    return median(times)
  },

  /**
   * Calls that begin so many times a second, each at its own time whatever became of the one before. Resolves with the
   * median latency in milliseconds, and when each was answered, in nanoseconds of the machine's clock, in that order.
   */
  async paced({ url, count, perSecond }) {
    const pool = poolFor({ url, connections: 4 })
    const began = performance.now()
    const times = []
    const answered = []
    const calls = []
    for (let index = 0; index < count; index += 1) {
      const rest = began + (index * 1000) / perSecond - performance.now()
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
      const sent = performance.now()
      calls.push(
        call(pool, url).then(() => {
          answered.push(String(process.hrtime.bigint()))
          times.push(performance.now() - sent)
        }),
      )
    }
    await Promise.all(calls)
    return { latency: median(times), answered }
  },

  /** Milliseconds from the sending of an event to its arrival, median, and how many came with another. */
  async events({ url, count }) {
    const delays = []
    let batched = 0
    const onData = (chunk) => {
      const now = process.hrtime.bigint()
      const sent = [...String(chunk).matchAll(/"data":"(\d+)"/g)]
      batched += Math.max(sent.length - 1, 0)
      for (const [, at] of sent) delays.push(Number(now - BigInt(at)) / 1e6)
    }
    const pool = poolFor({ url, connections: 1 })
    const path = `${new URL(url).pathname}?events=${count}`
    await send(pool, { path, method: 'GET', headers: callHeaders }, onData)
    return { delay: median(delays), arrived: delays.length, batched }
  },

  /** Reads an event stream of that many bytes. */
  async drain({ url, bytes }) {
    let read = 0
    const pool = poolFor({ url, connections: 1 })
    const path = `${new URL(url).pathname}?bytes=${bytes}`
    const began = performance.now()
    await send(pool, { path, method: 'GET', headers: callHeaders }, (chunk) => {
      read += chunk.length
    })
    if (read < bytes) throw new Error(`the stream ended after ${read} of ${bytes} bytes`)
    return { read, perSecond: (read * 1000) / (performance.now() - began) }
  },
})
