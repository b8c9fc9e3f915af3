import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { filterKeys } from '../src/core/filter/keys.ts'
import { flags } from '../src/options.ts'
import { loadRules } from '../src/rules.ts'
import { everyKey } from '../src/tui/command/help.ts'
import { keyTable } from '../src/tui/keys/keys.ts'
import { readmeParts, withParts } from './tools/readme-parts.mjs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the generated parts are what `npm run readme` writes', async () => {
  const { rules } = await loadRules()
  const keys = everyKey(keyTable)
  expect(withParts(readme, readmeParts({ rules, keys, filterKeys }))).toBe(readme)
})

test('every flag the README names exists', () => {
  const named = [...readme.matchAll(/`--([a-z-]+)/g)].map(([, name]) => name)
  const known = flags.map(({ name }) => name)
  expect(named.filter((name) => !known.includes(name!))).toEqual([])
})
