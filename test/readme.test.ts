/** README and CONTRIBUTING, against what the program does. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { filterKeys } from '../src/core/filter/keys.ts'
import { flags } from '../src/options.ts'
import { errorsBeside, exampleFaults } from '../src/core/example.ts'
import type { Example, Rule } from '../src/core/verdict/rule.ts'
import { loadFaults } from '../src/faults.ts'
import { loadRules, loadUserRules } from '../src/rules.ts'
import { parseTranscript } from '../src/core/transcript/transcript.ts'
import { actions } from '../src/tui/command/actions.ts'
import { everyKey, hintsFor } from '../src/tui/command/help.ts'
import { drawScreen } from '../src/tui/view/screen.ts'
import { type Results, picture } from './bench/draw.mjs'
import { run } from './command.ts'
import { readmeParts, withParts } from './tools/readme-parts.mjs'
import { pictureOf } from './tui/fixtures/picture.ts'
import { drawn, told } from './tui/fixtures/told.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const results = JSON.parse(
  readFileSync(new URL('bench/results.json', import.meta.url), 'utf8'),
) as Results

test('the generated parts are what `npm run readme` writes', async () => {
  const { rules } = await loadRules()
  const faults = await loadFaults()
  const keys = everyKey(actions)
  expect(withParts(readme, readmeParts({ rules, faults, keys, filterKeys, results }))).toBe(readme)
})

test('the picture of the speed shows what was measured', () => {
  const drawn = readFileSync(new URL('bench/results.svg', import.meta.url), 'utf8')
  expect(picture(results)).toBe(drawn)
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
    const [rule] = await loadUserRules(folder)
    expect(await beside(rule!)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the rule that CONTRIBUTING writes has one fault in its bad example, and its good one passes', async () => {
  const contributing = readFileSync(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
  const examples = /^```ts\nexamples: (\{[^]*?^\}),\n```$/m.exec(contributing)?.[1] ?? ''
  const check = /^```ts\n(on: 'token',[^]*?)^```$/m.exec(contributing)?.[1] ?? ''
  const folder = mkdtempSync(fileURLToPath(new URL('own-rule-', import.meta.url)))
  try {
    writeFileSync(
      join(folder, 'cacheable.mjs'),
      `import { defineRule, header, quoted } from 'authtap'
       export default defineRule({ id: 'token/cacheable', title: 'It may be stored',
         severity: ['error'], fault: ['authorization-server'], spec: ['RFC 6749 §5.1'],
         revisions: 'all', why: 'Why.', remedy: 'Send it.', examples: ${examples}, ${check} })`,
    )
    const [rule] = await loadUserRules(folder)
    expect(rule!.examples.good).toHaveLength(1)
    for (const example of rule!.examples.good)
      expect(await exampleFaults(rule!, [rule!], example, true)).toEqual([])
    for (const example of rule!.examples.bad)
      expect(await exampleFaults(rule!, [rule!], example, false)).toEqual([])
    expect(await beside(rule!)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** What all rules find wrong in the bad examples of one beside what it finds itself. */
async function beside(rule: Rule): Promise<string[]> {
  const { rules } = await loadRules()
  const of = (example: Example) => errorsBeside(rule, rules, example)
  const found = await Promise.all(rule.examples.bad.map(of))
  return found.flat().map((finding) => `${finding.rule}: ${finding.message}`)
}

test('its verdict is one that the demo prints, but for hosts, ports and random values', async () => {
  const sample = /^<!-- verdict: .*-->\n\n```\n([^]*?)^```$/m.exec(readme)?.[1] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'authtap-readme-'))
  const har = join(folder, 'demo.har')
  // Live text refers to what it printed before; a terminal, and a capture, get the verdict whole.
  await run(['demo', 'missing-verifier', '--format', 'text', '--har', har])
  const { stdout } = await run(['analyze', har, '--format', 'text', '--no-color'])
  rmSync(folder, { recursive: true })
  const printed = /^. FAIL [^]*?(?=\n\nConsequences)/m.exec(stdout)?.[0] ?? ''
  expect(masked(sample)).toBe(masked(printed))
})

test('its screen is what the terminal UI draws of the same fault', async () => {
  const screen = /^<!-- screen: .*-->\n\n```\n([^]*?)^```$/m.exec(readme)?.[1] ?? ''
  const { rules } = await loadRules()
  const { ui, scene } = told(parseTranscript(missingVerifier), { judgedBy: rules })
  ui.state.view = 'flow'
  const [columns, rows] = [80, 24]
  const lines = drawn(columns, rows, (frame) =>
    drawScreen(frame, { ...scene, hints: hintsFor(ui) }, []),
  )
  expect(`${lines.join('\n')}\n`).toBe(screen)
})

test('its picture is what the terminal UI draws of it, dark and light', async () => {
  const { rules } = await loadRules()
  const { ui, scene } = told(parseTranscript(missingVerifier), { judgedBy: rules })
  const size = { columns: 112, rows: 30 }
  const picture = pictureOf(size, (frame, theme) =>
    drawScreen(frame, { ...scene, size, theme, hints: hintsFor(ui) }, actions),
  )
  await expect(picture).toMatchFileSnapshot('golden/screen.svg')
  expect(readme).toContain('](test/golden/screen.svg)')
  expect(picture).toContain('prefers-color-scheme:light')
})

/** A login whose token request has no code_verifier, as the demo `missing-verifier` plays it. */
const missingVerifier = `
\${opening until callback}

> POST https://as.example/token
> content-type: application/x-www-form-urlencoded

grant_type=authorization_code&code=c1&client_id=app&redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcb&resource=https%3A%2F%2Fmcp.example%2Fmcp

< HTTP/1.1 400 Bad Request
< content-type: application/json

{"error":"invalid_grant","error_description":"code_verifier is missing"}
`

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
