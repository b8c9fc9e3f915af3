import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filterKeys } from '../src/core/filter/keys.ts'
import { flags } from '../src/options.ts'
import { loadRules } from '../src/rules.ts'
import { actions } from '../src/tui/command/actions.ts'
import { everyKey } from '../src/tui/command/help.ts'
import { run } from './command.ts'
import { readmeParts, withParts } from './tools/readme-parts.mjs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

test('the generated parts are what `npm run readme` writes', async () => {
  const { rules } = await loadRules()
  const keys = everyKey(actions)
  expect(withParts(readme, readmeParts({ rules, keys, filterKeys }))).toBe(readme)
})

test('every flag the README names exists', () => {
  const named = [...readme.matchAll(/`--([a-z-]+)/g)].map(([, name]) => name)
  const known = flags.map(({ name }) => name)
  expect(named.filter((name) => !known.includes(name!))).toEqual([])
})

test('its rule for a reader loads as it stands there, and its examples hold', async () => {
  const code = /^```js\n(import \{ defineRule[^]*?)^```$/m.exec(readme)?.[1] ?? ''
  // Within the package, so that the name authtap leads to what is built.
  const folder = mkdtempSync(fileURLToPath(new URL('own-rule-', import.meta.url)))
  try {
    writeFileSync(join(folder, 'token-lifetime.mjs'), code)
    const { code: exit, stdout, stderr } = await run(['rules', 'test', folder])
    expect({ exit, stdout, stderr }).toEqual({
      exit: 0,
      stdout: '2 passed, 0 failed\n',
      stderr: '',
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('its verdict is one that the demo prints, but for hosts, ports and random values', async () => {
  const sample = /^<!-- verdict: .*-->\n\n```\n([^]*?)^```$/m.exec(readme)?.[1] ?? ''
  const { stdout } = await run(['demo', 'missing-verifier', '--format', 'text', '--no-color'])
  const printed = /^. FAIL [^]*?(?=\n\nConsequences)/m.exec(stdout)?.[0] ?? ''
  expect(masked(sample)).toBe(masked(printed))
})

/** On one line, and the same whoever takes part. */
function masked(text: string): string {
  return text
    .replace(
      /https:\/\/(?:mcp|auth)\.example\.com|http:\/\/(?:localhost|127\.0\.0\.1):\d+/g,
      'ORIGIN',
    )
    .replace(/(?<![\w-])[\w-]{43}(?![\w-])/g, 'CHALLENGE')
    .replace(/\s+/g, ' ')
    .trim()
}
