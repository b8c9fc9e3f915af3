// Runs the examples of one rule: npm run test-rule category/name. Run after a build, which checks its types.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { built } from './built.mjs'

const [id = ''] = process.argv.slice(2)
const { loadRules } = await import(built('src/rules.js'))
const { errorsBeside, exampleFaults } = await import(built('src/core/example.js'))
const { nearest } = await import(built('src/shell/arguments.js'))
const { rules } = await loadRules()
const rule = rules.find((one) => one.id === id)
if (rule === undefined) {
  const near = nearest(
    id,
    rules.map((one) => one.id),
  )
  console.error(
    id === ''
      ? 'Give the id of a rule: npm run test-rule category/what-is-wrong'
      : `There is no rule ${id}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
  )
  process.exit(2)
}

let failed = 0
for (const kind of ['good', 'bad'])
  for (const example of rule.examples[kind]) {
    const faults = await exampleFaults(rule, rules, example, kind === 'good')
    failed += faults.length > 0 ? 1 : 0
    console.log(`${faults.length > 0 ? '✗' : '✓'} ${kind}: ${example.name}`)
    for (const fault of faults) console.log(`    ${fault}`)
    if (kind === 'bad')
      for (const other of await errorsBeside(rule, rules, example))
        console.log(`    beside it ${other.rule} finds an error: ${other.message}`)
  }
const further = `test/rules/${id}.test.ts`
if (existsSync(fileURLToPath(new URL(`../../${further}`, import.meta.url))))
  console.log(`Further cases: npx vitest run --config test/vitest.config.ts ${further}`)
process.exitCode = failed > 0 ? 1 : 0
