/** The built program where a disk is full. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { built } from './tools/built.mjs'

const path = (name: string) => fileURLToPath(new URL(`captures/${name}`, import.meta.url))
const capture = path('sdk-v2-oidc-provider.har')
const other = path('sdk-v1-oidc-provider.har')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-full-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Runs a command where no file may grow beyond so many half kB, as if the disk were full then. */
function limited(
  line: string,
  blocks = 2,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const program = `"${process.execPath}" "${built('src/cli.js')}"`
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', `ulimit -f ${blocks}; ${program} ${line}`],
      { cwd: folder, env: { ...process.env, CI: '1', XDG_STATE_HOME: folder } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

// Without a shell that can set the limit there is nothing to prove it with.
describe.skipIf(process.platform === 'win32')('where a file cannot be written whole', () => {
  test.each([
    ['the output', 'demo none --format ndjson --output out.ndjson', 'out.ndjson'],
    ['standard output', 'demo none --format ndjson > out.ndjson', 'Standard output'],
    ['help', 'explain --kit > out.txt', 'Standard output'],
    ['the log', 'demo none --log-level trace --log-file out.log', 'The log file out.log'],
    ['a HAR', 'demo none --har out.har', 'out.har'],
    ['a report', `report "${capture}" --format html --output out.html`, 'out.html'],
    ['a redacted HAR', `redact "${capture}" --output out.har`, 'out.har'],
    ['a comparison', `diff "${capture}" "${other}" --format html --output out.html`, 'out.html'],
  ])('%s says so, and the exit code is 2', async (_, line, what) => {
    const { code, stderr } = await limited(line)
    expect(stderr).toContain(what)
    expect(stderr).toContain('EFBIG')
    expect(stderr).not.toMatch(/bug|^\s+at /m)
    expect(code).toBe(2)
  })

  test.each([
    ['--format ndjson --output out.ndjson'],
    ['--log-level trace --log-file out.log'],
    ['--har out.har'],
  ])('the demo goes on to its end all the same: %s', async (flags) => {
    const { stdout, stderr } = await limited(`demo none ${flags}`)
    expect(stdout + stderr).toContain('client: done')
  })

  test('no half HAR stays behind', async () => {
    await limited('demo none --har out.har')
    expect(await readdir(folder)).toEqual([])
  })

  test('what was written until then is there', async () => {
    await limited('demo none --format ndjson --output out.ndjson')
    expect(await readFile(join(folder, 'out.ndjson'), 'utf8')).toMatch(/^\{"type":"listening"/)
  })

  test('a session whose journal and state cannot be kept goes on, says so, and names no journal', async () => {
    const server = createServer((incoming, response) => {
      incoming.resume()
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('{}')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
    const client = `"${process.execPath}" -e 'fetch(process.env.AUTHTAP_URL, { method: "POST", body: "{}" }).then(({ status }) => console.log(status))'`
    const { code, stdout, stderr } = await limited(`${url} -- ${client}`, 0)
    server.close()
    expect(stdout).toBe('401\n')
    expect(stderr).toMatch(/cannot write to .*EFBIG.*so servers may get other ports next time/)
    expect(stderr).toContain('it cannot write the journal (EFBIG). Traffic goes on.')
    expect(stderr).not.toMatch(/bug|^\s+at |report @last/m)
    expect(code).not.toBe(70)
  })
})
