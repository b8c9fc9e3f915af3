// Writes the generated parts of the README anew from what the program says. Run after a build.
import { readFileSync, writeFileSync } from 'node:fs'
import { readmeParts, withParts } from './readme-parts.mjs'

const path = new URL('../../README.md', import.meta.url)
const { loadRules } = await import(new URL('../../dist/src/rules.js', import.meta.url))
const tui = (name) => import(new URL(`../../dist/src/tui/${name}.js`, import.meta.url))
const { keyTable } = await tui('keys/keys')
const { everyKey } = await tui('command/help')
const { filterKeys } = await import(new URL('../../dist/src/core/filter/keys.js', import.meta.url))
const { rules } = await loadRules()
writeFileSync(
  path,
  withParts(
    readFileSync(path, 'utf8'),
    readmeParts({ rules, keys: everyKey(keyTable), filterKeys }),
  ),
)
