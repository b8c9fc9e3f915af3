/** What npm would publish. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built } from './tools/built.mjs'

const run = promisify(execFile)
const root = fileURLToPath(new URL('..', import.meta.url))
let folder = ''
let files: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-package-'))
  built('src/cli.js')
  // The build is there already; scripts would make it anew under the feet of the other tests.
  const packed = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: root },
  )
  const [{ filename, files: listed }] = JSON.parse(packed.stdout) as [
    { filename: string; files: { path: string }[] },
  ]
  files = listed.map(({ path }) => path)
  await writeFile(
    join(folder, 'package.json'),
    '{"name":"elsewhere","private":true,"type":"module"}',
  )
  await run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, filename)],
    { cwd: folder },
  )
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the published package', () => {
  test('holds the build, the rules and what npm adds, and nothing else', () => {
    const others = files.filter((file) => !/^dist\/(src|rules)\/.+\.(js|d\.ts)$/.test(file))
    expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
  })

  test('gives a command that plays the demo and finds the fault', async () => {
    const command = join(folder, 'node_modules', '.bin', 'authtap')
    const { stdout } = await run(command, ['demo', 'none', '--format', 'json'], { cwd: folder })
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'pass',
      tool: { name: 'authtap', version: await ownVersion() },
    })
  })

  test("exports what a rule of one's own needs, and runs such a rule", async () => {
    await writeFile(join(folder, 'own.mjs'), ownRule)
    const command = join(folder, 'node_modules', '.bin', 'authtap')
    const { stdout } = await run(command, ['rules', 'test', 'own.mjs'], { cwd: folder })
    expect(stdout).toContain('2 passed, 0 failed')
  })
})

async function ownVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string })
    .version
}

const ownRule = `
import { defineRule } from 'authtap'

export default defineRule({
  id: 'house/token-lifetime',
  title: 'Access token lives longer than an hour',
  severity: ['warning'],
  fault: ['authorization-server'],
  spec: ['RFC 6749 §5.1'],
  revisions: 'all',
  why: 'A stolen token stays useful for as long as it lives.',
  remedy: 'Issue access tokens that live for an hour at most.',
  on: 'token',
  *check(step) {
    const lifetime = step.answer.kind === 'object' ? step.answer.value.expires_in : undefined
    if (typeof lifetime !== 'number') return 'silent'
    if (lifetime <= 3600) return
    yield { message: 'the token lives for ' + lifetime + ' s', evidence: [{ step, at: 'response.json/expires_in' }] }
  },
  examples: {
    good: [{ name: 'an hour', http: '> POST https://as.example/token\\n\\ngrant_type=refresh_token\\n\\n< HTTP/1.1 200 OK\\n\\n{"access_token":"a","expires_in":3600}' }],
    bad: [{ name: 'a day', http: '> POST https://as.example/token\\n\\ngrant_type=refresh_token\\n\\n< HTTP/1.1 200 OK\\n\\n{"access_token":"a","expires_in":86400}' }],
  },
})
`
