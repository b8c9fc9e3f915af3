import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../../src/core/filter/filter.ts'
import type { FilterRecord } from '../../../src/core/filter/record.ts'
import { stepKindNames, stepKinds } from '../../../src/core/step/kinds.ts'
import { ruleFaults } from '../../../src/core/verdict/rule-shape.ts'
import { rolesOf } from '../../../src/sink/report/lanes.ts'
import { rowOf } from '../../../src/tui/model/rows.ts'
import { RowStore } from '../../../src/tui/model/row-store.ts'
import { exchangeOf } from '../redact/redaction.ts'

/** The `kind`s of the report, which other programs depend on. */
const contract =
  'mcp challenge resource-metadata server-metadata jwks registration client-metadata pushed-request device-authorization authorize callback token revocation introspection userinfo preflight other'

test('the kinds are those of the contract', () => {
  expect(stepKindNames.join(' ')).toBe(contract)
})

test('no two have one name or word', () => {
  for (const of of ['name', 'word'] as const) {
    const all = stepKindNames.map((kind) => stepKinds[kind][of])
    expect(new Set(all).size).toBe(all.length)
  }
})

describe.each(stepKindNames)('%s', (kind) => {
  const step = { kind, summary: '', ok: true }

  test('a rule may be about it', () => {
    expect(
      ruleFaults({ on: kind, needs: [kind] }).filter((fault) => /`(on|needs)`/.test(fault)),
    ).toEqual([])
  })

  test('a filter finds it by its name and by its word', () => {
    const record = { kind } as FilterRecord
    for (const name of [kind, stepKinds[kind].word]) {
      const filter = parseFilter(`kind:${name}`)
      expect('test' in filter && filter.test(record, 0)).toBe(true)
    }
  })

  test('the list keeps it, and a diagram has lanes for it', () => {
    const rows = new RowStore()
    rows.set(rowOf({ exchange: exchangeOf({}), step, flow: 'w1' }, 0, new Set()))
    expect(rows.at(0)?.kind).toBe(kind)
    expect(rolesOf(kind)).toEqual({ from: stepKinds[kind].asks, to: stepKinds[kind].answers })
  })
})
