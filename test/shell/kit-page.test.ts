import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { stepKindNames, stepKinds } from '../../src/core/step/kinds.ts'
import { run } from '../command.ts'

const kit = readFileSync(new URL('../../src/core/kit.ts', import.meta.url), 'utf8')
const { code, stdout, stderr } = await run(['explain', '--kit'])

describe('the page of the kit', () => {
  test('is printed', () => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('names every kind of step, and no fact of a flow that is not for rules', () => {
    for (const kind of stepKindNames) expect(stdout).toContain(`'${kind}'`)
    expect(stdout).toMatch(/^ {2}causesOf\(/m)
    expect(stdout).not.toMatch(/^ {2}(?:#private|constructor|add\(|know\()/m)
    expect(stdout).not.toContain('@internal')
  })

  test('has every function and table that the kit exports, each with a comment', () => {
    const names = [...kit.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = '']) =>
      list.split(',').flatMap((name) => name.trim() || []),
    )
    expect(names.length).toBeGreaterThan(40)
    const without = names.filter(
      (name) => !new RegExp(`^ {2}${name}[<(: ].*\\n {6}[A-Z\`]`, 'm').test(stdout),
    )
    expect(without).toEqual([])
  })

  test('has something under every heading', () => {
    const headings = stdout.split(/^(?=\S)/m)
    expect(headings.slice(1).filter((section) => !/^ {2}/m.test(section))).toEqual([])
    expect(stdout).toMatch(/How long `flow\.waited` waits\n\n.*\n.*backChannel/)
  })

  test('lists every leg that a check may say it did not see', () => {
    const legs = new Set(Object.values(stepKinds).map(({ leg }) => leg))
    for (const leg of [...legs, 'the Authorization header', 'what was removed from this capture'])
      expect(stdout).toContain(`  blind('${leg}')\n`)
  })

  test('says what a place may be, with examples', () => {
    expect(stdout).toMatch(/`response\.json\/authorization_servers\/0` \(a JSON pointer\)/)
  })
})
