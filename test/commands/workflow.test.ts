/** Several commands one after the other, as a person uses them. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DemoFault } from '../../src/demo/faults.ts'
import { startDemoServers } from '../../src/demo/parties.ts'
import { built } from '../tools/built.mjs'

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))

/** The shell steps of the workflow in the README, by name, for another address. */
async function shellSteps(origin: string): Promise<Map<string, string>> {
  const readme = await readFile(path('README.md'), 'utf8')
  const workflow = /```yaml\n(name: OAuth\n[^]*?)```/.exec(readme)![1]!
  const steps = [
    ...workflow.matchAll(/- name: (.*)\n(?: {8}if: .*\n)? {8}run: \|\n((?: {10}.*\n)+)/g),
  ]
  return new Map(
    steps.map(([, name, script]) => [
      name!,
      script!.replace(/^ {10}/gm, '').replaceAll('http://127.0.0.1:3000', origin),
    ]),
  )
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'authtap-workflow-'))
  // What npx finds first.
  const bin = join(folder, 'node_modules', '.bin')
  await mkdir(bin, { recursive: true })
  await writeFile(
    join(bin, 'authtap'),
    `#!/bin/sh\nexec "${process.execPath}" "${built('src/cli.js')}" "$@"\n`,
  )
  await chmod(join(bin, 'authtap'), 0o755)
  await writeFile(join(folder, 'package.json'), '{"name":"example","private":true,"type":"module"}')
  await writeFile(join(folder, 'server.js'), '// The server runs already.\n')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function shell(script: string): Promise<number> {
  return new Promise((resolve) => {
    // As GitHub runs a step: bash that ends at the first failure.
    execFile(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
      {
        cwd: folder,
        env: { ...process.env, CI: '1', GITHUB_STEP_SUMMARY: join(folder, 'summary.md') },
      },
      (error) => resolve(error === null ? 0 : Number(error.code)),
    )
  })
}

test.each<[DemoFault, number]>([
  ['wrong-audience', 1],
  ['none', 0],
])(
  'the workflow in the README, with the server at fault as in %s, ends with %i',
  { timeout: 60_000 },
  async (fault, code) => {
    const servers = await startDemoServers(fault)
    try {
      const client = JSON.stringify(built('src/demo/client.js'))
      await writeFile(
        join(folder, 'client.js'),
        `import { runDemoClient } from ${client}\nawait runDemoClient(process.argv[2], '${fault}', console.error)\n`,
      )
      const steps = await shellSteps(new URL(servers.mcpUrl).origin)
      expect(await shell(steps.get('Run the client through authtap')!)).toBe(code)
    } finally {
      await servers.stop()
    }
    expect(await shell((await shellSteps('')).get('Report')!)).toBe(0)
    const sarif = JSON.parse(await readFile(join(folder, 'authtap.sarif'), 'utf8')) as {
      runs: { results: { level: string }[] }[]
    }
    const errors = sarif.runs[0]!.results.filter(({ level }) => level === 'error')
    expect(errors.length > 0).toBe(code === 1)
    expect(await readFile(join(folder, 'summary.md'), 'utf8')).toMatch(
      code === 1 ? /^## ❌/ : /^## ✅/,
    )
    expect(await readFile(join(folder, 'authtap.har'), 'utf8')).not.toMatch(/eyJ[\w-]{10}/)
  },
)
