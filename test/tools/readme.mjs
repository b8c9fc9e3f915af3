// Writes the generated parts of the README anew from what the program says. Run after a build.
import { readFileSync, writeFileSync } from 'node:fs'
import { built } from './built.mjs'
import { readmeParts, withParts } from './readme-parts.mjs'

const path = new URL('../../README.md', import.meta.url)
const { loadRules } = await import(built('src/rules.js'))
const tui = (name) => import(built(`src/tui/${name}.js`))
const { actions } = await tui('command/actions')
const { everyKey } = await tui('command/help')
const { filterKeys } = await import(built('src/core/filter/keys.js'))
const { loadFaults } = await import(built('src/faults.js'))
const { rules } = await loadRules()
const faults = await loadFaults()
const results = JSON.parse(readFileSync(new URL('../bench/results.json', import.meta.url), 'utf8'))
writeFileSync(
  path,
  withParts(
    readFileSync(path, 'utf8'),
    readmeParts({ rules, faults, keys: everyKey(actions), filterKeys, results }),
  ),
)
