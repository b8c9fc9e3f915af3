import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { LiveMemory } from '../../src/shell/heap.ts'
import type { Notice } from '../../src/tap/notices.ts'
import { built } from '../tools/built.mjs'

test('what had no room is told of once, and counted at the end', () => {
  const told: Notice[] = []
  let full = false
  const memory = new LiveMemory(
    (notice) => told.push(notice),
    () => full,
  )
  expect(memory.hasRoom()).toBe(true)
  full = true
  expect([memory.hasRoom(), memory.hasRoom()]).toEqual([false, false])
  full = false
  expect(memory.hasRoom()).toBe(true)
  memory.end()
  expect(told.map(({ code }) => code)).toEqual(['memory-full', 'memory-unseen'])
  expect(told[1]!.text).toContain('2 exchanges passed')
})

test('nothing is said where memory was never full', () => {
  const told: Notice[] = []
  const memory = new LiveMemory(
    (notice) => told.push(notice),
    () => false,
  )
  memory.hasRoom()
  memory.end()
  expect(told).toEqual([])
})

/** Refuses every call in other words, so that all of it is kept. */
async function refusing() {
  let count = 0
  const server = createServer((incoming, response) => {
    incoming.resume().on('end', () => {
      count += 1
      response.writeHead(401, { 'WWW-Authenticate': `Bearer scope="s${count}"` })
      response.end(`{"error":"${`${count}`.repeat(10_000)}"}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
}

function withMemory(megabytes: number, url: string): { child: ChildProcess; said(): string } {
  const args = [`--max-old-space-size=${megabytes}`, built('src/cli.js'), url, '--port', '0']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text))
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, said: () => said }
}

test('a proxy whose memory is full says so, passes traffic on and ends with a report', async () => {
  const { child, said } = withMemory(64, await refusing())
  await expect.poll(said, { timeout: 30_000 }).toContain('Waiting for the client')
  const url = /http:\/\/localhost:\d+\/mcp/.exec(said())![0]
  const call = async (at: number): Promise<number> => {
    const headers = { Authorization: `Bearer ${at}`, 'User-Agent': `client ${at % 500}` }
    const answer = await fetch(url, { method: 'POST', headers, body: 'x'.repeat(10_000) })
    await answer.arrayBuffer()
    return answer.status
  }
  for (let at = 0; at < 5000 && !said().includes('Memory is full'); at += 20)
    await Promise.all(Array.from({ length: 20 }, (_, more) => call(at + more)))
  expect(said()).toContain('Memory is full: traffic goes on')
  expect(await Promise.all(Array.from({ length: 100 }, (_, at) => call(at)))).not.toContain(500)
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  // What is judged depends on how soon it was full.
  expect([
    [1, null],
    [3, null],
  ]).toContainEqual(await ended)
  expect(said()).toMatch(/While memory was full, \d+ exchanges? passed/)
  expect(said()).toMatch(/FAIL|INCOMPLETE/)
}, 120_000)
