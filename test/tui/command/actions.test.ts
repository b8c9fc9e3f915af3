import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { actions } from '../../../src/tui/command/actions.ts'

const folder = fileURLToPath(new URL('../../../src/tui', import.meta.url))
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
const names = new Set(actions.map(({ action }) => action))

test('a key that a text names is one of the table', () => {
  const named = sources.flatMap((text) =>
    [...text.matchAll(/keyFor\('(\w+)'/g)].map(([, one]) => one!),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((one) => !names.has(one))).toEqual([])
})

test('what has hints, or is hidden from them, is one of the table', () => {
  const help = readFileSync(`${folder}/command/help.ts`, 'utf8')
  const [pairs, needed] = [/overlayHints[^]*?\n\}/, /const needed[^]*?\n {2}\}/].map(
    (part) => part.exec(help)![0],
  )
  const named = [
    ...[...pairs!.matchAll(/\['(\w+)', /g)].map(([, one]) => one!),
    ...[...needed!.matchAll(/^ {4}(\w+):/gm)].map(([, one]) => one!),
  ]
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((one) => !names.has(one))).toEqual([])
})

test('an action that stands twice works in other panes', () => {
  for (const one of actions)
    for (const other of actions)
      if (one !== other && one.action === other.action) expect(one.panes).not.toEqual(other.panes)
})
