import { exampleFaults } from '../core/example.ts'
import type { Rule } from '../core/verdict/rule.ts'
import { UserError } from '../errors.ts'
import { exitCodes } from '../shell/exit.ts'
import type { Options } from '../shell/arguments.ts'
import { Output, print } from '../shell/output.ts'
import { loadRules, loadUserRules } from '../rules.ts'
import type { Context } from '../shell/context.ts'

/** `authtap rules [list]` prints the table; `authtap rules test DIR` runs the examples of rules in a folder. */
export async function rulesCommand(_context: Context, options: Options): Promise<number> {
  const [action = 'list', ...paths] = options.positionals
  if (action === 'list') return listRules(options)
  if (action !== 'test')
    throw new UserError('EUSAGE', `authtap rules has no ${action}.`, 'Use list or test.')
  if (paths.length === 0)
    throw new UserError(
      'EUSAGE',
      'authtap rules test needs a rule file or a folder of rules.',
      'Give its path, as in authtap rules test ./my-rules.',
    )
  return testRules(paths)
}

async function listRules(options: Options): Promise<number> {
  const { rules } = await loadRules(options.list('rules'))
  await print(`${ruleTable(rules).join('\n')}\n`)
  return exitCodes.fine
}

/** Id, severity, party and revisions of each rule, in columns. */
function ruleTable(rules: readonly Rule[]): string[] {
  const rows = rules.map((rule) => [
    rule.id,
    rule.severity.join('/'),
    rule.fault.join('/'),
    rule.revisions,
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

async function testRules(paths: readonly string[]): Promise<number> {
  const out = Output.standard(1)
  const { rules: all } = await loadRules(paths)
  const rules = (await Promise.all(paths.map(loadUserRules))).flat()
  let failed = 0
  let passed = 0
  for (const rule of rules)
    for (const good of [true, false])
      for (const example of good ? rule.examples.good : rule.examples.bad) {
        const faults = await exampleFaults(rule, all, example, good)
        if (faults.length === 0) passed += 1
        else failed += 1
        for (const fault of faults) out.write(`${rule.id}, "${example.name}": ${fault}\n`)
      }
  out.write(`${passed} passed, ${failed} failed\n`)
  await out.close()
  return failed > 0 ? exitCodes.findings : exitCodes.fine
}
