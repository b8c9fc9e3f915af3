// Everything but the tests: a line a stage, and what a stage said where it failed.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The build checks the types of what is published, and the package is made of it: it is built once. */
const stages = {
  format: 'npm run --silent format:check',
  lint: 'npm run --silent lint',
  build: 'npm run --silent build',
  types: 'npx tsc -p test/tsconfig.json',
  'dead code': 'npm run --silent dead-code',
  // Without scripts, packing does not build again.
  package: 'npm run --silent --ignore-scripts package:check',
}

for (const [name, command] of Object.entries(stages)) {
  const began = Date.now()
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
  })
  const seconds = Math.round((Date.now() - began) / 1000)
  console.log(`${status === 0 ? '✓' : '✗'} ${name.padEnd(10)} ${seconds} s`)
  if (status !== 0) {
    console.log(`${stdout}${stderr}`.trimEnd())
    process.exitCode = 1
  }
}
