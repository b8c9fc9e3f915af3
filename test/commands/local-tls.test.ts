/** The flags with which a proxy speaks https, through the built program. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authority, issue } from '../tap/certificate.ts'
import { run } from '../command.ts'
import { built } from '../tools/built.mjs'

let folder = ''
let url = ''
const server = createServer((_, response) => response.writeHead(401).end())
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-tls-test-'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`
})
afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

/** A client made with Node: it prints the status, or why there was none. */
const client = [
  process.execPath,
  '-e',
  'fetch(process.argv[1]).then(({ status, url }) => console.log(status, new URL(url).protocol), ({ cause }) => console.log(cause.code))',
  '{url}',
]

test('--tls speaks https with a certificate that the client it starts trusts', async () => {
  const { stdout } = await run([url, '--tls', '--port', '0', '--', ...client], {
    env: { TMPDIR: folder },
  })
  expect(stdout).toBe('401 https:\n')
  expect((await readdir(folder)).filter((name) => name.startsWith('authtap-tls-'))).toEqual([])
})

test('the file of the authority stays where it is for a server, and a client that ignores it is told of', async () => {
  const other = authority('known before')
  await writeFile(join(folder, 'before.pem'), other.cert)
  const env = { XDG_STATE_HOME: folder, NODE_EXTRA_CA_CERTS: join(folder, 'before.pem') }
  const blind = ['env', '-u', 'NODE_EXTRA_CA_CERTS', ...client]
  const { stdout, stderr } = await run([url, '--tls', '--', ...blind], { env })
  expect(stdout).toMatch(/VERIFY/)
  expect(stderr).toContain('left without a request')
  const tls = join(folder, 'authtap', 'tls')
  expect(await readdir(tls)).toEqual([`${new URL(url).host.replace(':', '-')}.pem`])
  // Node reads one file only: what a client trusted before it still trusts.
  const [kept] = await readdir(tls)
  expect(await readFile(join(tls, kept!), 'utf8')).toContain(other.cert)
})

test('the file of the authority does not grow where the environment names it already', async () => {
  const file = join(folder, 'authtap', 'tls', `${new URL(url).host.replace(':', '-')}.pem`)
  await writeFile(join(folder, 'before.pem'), authority('known before').cert)
  for (const path of [join(folder, 'before.pem'), file, file])
    await run([url, '--tls', '--', ...client], {
      env: { XDG_STATE_HOME: folder, NODE_EXTRA_CA_CERTS: path },
    })
  expect((await readFile(file, 'utf8')).match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
})

test('a second session before the same server leaves the clients of the first their trust', async () => {
  const second = `"${process.execPath}" "${built('src/cli.js')}" ${url} --tls -- true`
  const asked = `"${process.execPath}" -e '${client[2]}' {url}`
  const { stdout } = await run([url, '--tls', '--', 'sh', '-c', `${second} 2>&1; ${asked}`], {
    env: { XDG_STATE_HOME: folder },
  })
  expect(stdout).toContain('401 https:')
})

test("--tls-cert and --tls-key take one's own certificate, and belong together", async () => {
  const ca = authority('own authority')
  const { cert, key } = issue(ca, 'own')
  const file = (name: string) => join(folder, name)
  await writeFile(file('ca.pem'), ca.cert)
  await writeFile(file('cert.pem'), cert)
  await writeFile(file('key.pem'), key)
  const own = ['--tls-cert', file('cert.pem'), '--tls-key', file('key.pem'), '--port', '0']
  const env = { NODE_EXTRA_CA_CERTS: file('ca.pem') }
  expect((await run([url, ...own, '--', ...client], { env })).stdout).toBe('401 https:\n')
  const half = await run([url, '--tls-cert', file('cert.pem')])
  expect(half.code).toBe(2)
  expect(half.stderr).toContain('--tls-cert and --tls-key go together')
})
