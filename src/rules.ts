import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { explanationFaults } from './core/verdict/explanations.ts'
import type { Rule } from './core/verdict/rule.ts'
import { ruleFaults } from './core/verdict/rule-shape.ts'
import { UserError, tooManyFiles } from './errors.ts'
import { together } from './own-rules.ts'

/** The rules that come with authtap: TypeScript in the sources, JavaScript in what is published. */
const ownRules = fileURLToPath(new URL('../rules', import.meta.url))

export interface RuleSet {
  readonly rules: readonly Rule[]
  /** Short hash over ids and checks, so that two reports can be told to rest on the same rules. */
  readonly hash: string
}

/** Loads our rules, then the user's from files or folders; the user's rule replaces ours of the same id. */
export async function loadRules(extra: readonly string[] = []): Promise<RuleSet> {
  const rules = new Map<string, Rule>()
  for (const rule of (await together?.()) ?? (await loadFolder(ownRules))) rules.set(rule.id, rule)
  for (const path of extra) for (const rule of await loadUserRules(path)) rules.set(rule.id, rule)
  const sorted = [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  const faults = explanationFaults(sorted)
  if (faults.length > 0)
    throw new UserError(
      'EBADRULE',
      `The rules name each other wrongly in \`explains\`: ${faults.join('; ')}.`,
      'Correct `explains` in these rules; authtap rules lists all ids.',
    )
  return { rules: sorted, hash: hashOf(sorted) }
}

/** Loads the rules of one file or folder that a user names. */
export async function loadUserRules(path: string): Promise<Rule[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined)
    throw new UserError(
      'ENORULES',
      `There are no rules at ${path}.`,
      'Give a rule file or a folder of rules.',
    )
  if (!found.isDirectory()) return [await loadRule(resolve(path))]
  const rules = await loadFolder(resolve(path))
  if (rules.length === 0)
    throw new UserError(
      'ENORULES',
      `The folder ${path} holds no rule file.`,
      'Rule files end in .js, .mjs or .ts.',
    )
  return rules
}

async function loadFolder(folder: string): Promise<Rule[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(
      (entry) =>
        entry.isFile() && /\.(js|mjs|ts)$/.test(entry.name) && !entry.name.endsWith('.d.ts'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(folder, file).split(sep).includes('node_modules'))
    .sort()
  return Promise.all(files.map(loadRule))
}

async function loadRule(file: string): Promise<Rule> {
  const module = await importRule(file)
  const rule: unknown = module['default']
  const faults = ruleFaults(rule)
  if (faults.length > 0)
    throw new UserError(
      'EBADRULE',
      `${file} is not a rule: ${faults.join('; ')}.`,
      'See the README, "Rules of your own".',
    )
  return rule as Rule
}

async function importRule(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EMFILE' || code === 'ENFILE') throw tooManyFiles()
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION')
      throw new UserError(
        'ERULETYPESCRIPT',
        `${file} is TypeScript, which Node ${process.versions.node} does not run.`,
        'Use Node 22.18 or newer, or compile the rule to JavaScript.',
      )
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(
      'ERULEUNREADABLE',
      `${file} cannot be loaded: ${reason}`,
      'Correct the file, or leave it out.',
    )
  }
}

function hashOf(rules: readonly Rule[]): string {
  const hash = createHash('sha256')
  for (const rule of rules)
    hash.update(`${rule.id}\n${rule.severity.join()}\n${rule.check.toString()}\n`)
  return hash.digest('hex').slice(0, 12)
}
