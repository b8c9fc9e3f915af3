/** The built program and its machine: signals, open files. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { start } from './command.ts'
import { built } from './tools/built.mjs'

const unix = process.platform !== 'win32'

describe.runIf(unix)('on this machine', () => {
  test('SIGUSR1 opens no debugger and ends nothing', async () => {
    const { child, printed, ended } = start([
      'http://127.0.0.1:9/mcp',
      '--port',
      '0',
      '--no-journal',
      '--format',
      'ndjson',
    ])
    await printed(/"type":"listening"/)
    child.kill('SIGUSR1')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(child.exitCode).toBe(null)
    child.kill('SIGINT')
    const { stderr } = await ended
    expect(stderr).not.toMatch(/debugger listening/i)
  })

  test('too many open files are told in a sentence', async () => {
    const command = `ulimit -n 40; exec "${process.execPath}" "${built('src/cli.js')}" http://127.0.0.1:9/mcp --port 0 --no-journal --format text`
    const child = spawn('bash', ['-c', command], { env: { ...process.env, CI: '1' } })
    let text = ''
    child.stderr.on('data', (chunk) => (text += String(chunk)))
    child.stdout.once('data', () => child.kill('SIGINT'))
    const [code] = (await once(child, 'close')) as [number]
    expect(text).not.toMatch(/bug in authtap/)
    expect(code).not.toBe(70)
    if (code !== 0 && code !== 3) expect(text).toMatch(/too many files and connections are open/i)
  })
})
